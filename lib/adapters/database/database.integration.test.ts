import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "#lib/adapters/clock/system-clock.ts";
import { machine } from "#lib/core/actor.ts";
import type { Execution } from "#lib/core/execution.ts";
import type { Manifest } from "#lib/core/tool.ts";
import { createTestDatabase, type TestDatabase } from "#lib/testing/postgres.ts";

let test_: TestDatabase;
beforeAll(async () => {
  test_ = await createTestDatabase();
});
afterAll(() => test_.close());

const manifest: Manifest = {
  name: "adder",
  description: "Adds",
  inputSchema: {},
  outputSchema: {},
  characteristics: {
    idempotent: true,
    sideEffects: [],
    safeForShadowTesting: true,
    requiresMocking: [],
    testDataAvailable: true,
  },
  permissions: { network: [], kv: "none", secrets: [] },
  testCases: [],
  postconditions: [],
  owners: [],
};

function execution(change: Partial<Execution> = {}): Execution {
  return {
    id: systemClock.id(),
    tool: "adder",
    version: 1,
    startedAt: new Date(),
    latencyMs: 1.5,
    status: "succeeded",
    input: { a: 1 },
    output: { sum: 2 },
    effects: [],
    caller: "test",
    shape: "s",
    ...change,
  };
}

describe("tools and versions", () => {
  test("a version is numbered, content-addressed and never changed", async () => {
    const { database } = test_;
    await database.tools.upsert({ name: "adder", loadError: null });
    const draft = {
      tool: "adder",
      source: "one",
      manifest,
      author: machine("test"),
      reason: "first",
      origin: "disk" as const,
      parents: [],
    };
    const first = await database.versions.add(draft);
    const again = await database.versions.add({ ...draft, reason: "again" });
    const second = await database.versions.add({ ...draft, source: "two", parents: [1] });
    expect([first.number, again.number, second.number]).toEqual([1, 1, 2]);
    expect(again.reason).toBe("first");
    expect((await database.versions.list("adder")).map(({ number }) => number)).toEqual([2, 1]);
    expect(await database.versions.find("adder", 2)).toEqual(second);
  });

  test("twenty writers at once get twenty numbers", async () => {
    const { database } = test_;
    await database.tools.upsert({ name: "busy", loadError: null });
    const added = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        database.versions.add({
          tool: "busy",
          source: `s${index}`,
          manifest,
          author: machine("t"),
          reason: "",
          origin: "disk",
          parents: [],
        }),
      ),
    );
    expect(added.map(({ number }) => number).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 20 }, (_, index) => index + 1),
    );
  });

  test("the active version moves only from where the mover saw it", async () => {
    const { database } = test_;
    await database.tools.upsert({ name: "mover", loadError: null });
    expect(await database.tools.setActive("mover", null, 1)).toBe(true);
    expect(await database.tools.setActive("mover", null, 2)).toBe(false);
    expect((await database.tools.find("mover"))?.activeVersion).toBe(1);
  });
});

describe("executions", () => {
  test("what was recorded reads back, JSON null and odd texts included", async () => {
    const { database } = test_;
    const odd = execution({
      input: null,
      output: null,
      caller: "a\u0000b",
      error: { name: "E", message: "\u0000 \\u0000 é 🙂", stack: "" },
    });
    await database.executions.record(odd);
    const read = await database.executions.find(odd.id);
    expect(read).toEqual({ ...odd, caller: "a\ufffdb" });
  });

  test("a thousand at once are all there, once each, also when written twice", async () => {
    const { database } = test_;
    const all = Array.from({ length: 1000 }, (_, index) => execution({ tool: "many", latencyMs: index }));
    await Promise.all(all.map((one) => database.executions.record(one)));
    await database.executions.record(all[0] as Execution);
    const [row] = await database.executions.statistics({ tool: "many" });
    expect(row?.counts).toEqual({ succeeded: 1000 });
    expect(row?.p50Ms).toBeCloseTo(499.5);
  });

  test("pages go through all rows without a gap, rows of one microsecond included", async () => {
    const { database } = test_;
    const startedAt = new Date();
    const all = Array.from({ length: 25 }, () => execution({ tool: "paged", startedAt }));
    await Promise.all(all.map((one) => database.executions.record(one)));
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await database.executions.list({ tool: "paged" }, { limit: 7, cursor });
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(new Set(seen).size).toBe(25);
    expect(seen).toHaveLength(25);
    await expect(database.executions.list({}, { cursor: "nonsense" })).rejects.toThrow(/cursor/);
  });

  test("an import de-duplicates by external id and finds its month", async () => {
    const { database } = test_;
    const lines = [
      { ...execution({ tool: "imported", externalId: "x1", startedAt: new Date("2024-03-05T10:00:00Z") }) },
      { ...execution({ tool: "imported", externalId: "x1", startedAt: new Date("2024-03-05T10:00:00Z") }) },
      {
        ...execution({
          tool: "imported",
          externalId: "x2",
          startedAt: new Date("2024-04-05T10:00:00Z"),
          input: { t: "tab\t\\n\nline" },
        }),
      },
    ].map(({ id: _id, ...line }) => line);
    expect(await database.executions.import(lines)).toEqual({ imported: 2, duplicates: 1 });
    expect(await database.executions.import(lines)).toEqual({ imported: 0, duplicates: 3 });
    const page = await database.executions.list({ tool: "imported" }, {});
    expect(page.items.map(({ externalId }) => externalId)).toEqual(["x2", "x1"]);
    expect(page.items[0]?.input).toEqual({ t: "tab\t\\n\nline" });
    expect(await database.executions.find(page.items[1]?.id ?? "")).toEqual(page.items[1]);
  });

  test("traffic has a bucket for each slice, empty ones too", async () => {
    const { database } = test_;
    const until = new Date();
    const since = new Date(until.getTime() - 3_600_000);
    await database.executions.record(
      execution({ tool: "sliced", startedAt: new Date(since.getTime() + 60_000), status: "failed" }),
    );
    await database.executions.record(execution({ tool: "sliced", startedAt: new Date(since.getTime() + 61_000) }));
    await database.executions.record(
      execution({ tool: "sliced", startedAt: new Date(until.getTime() - 1), status: "refused" }),
    );
    const buckets = await database.executions.traffic("sliced", since, until, 4);
    expect(buckets.map(({ calls, failures, refused }) => [calls, failures, refused])).toEqual([
      [2, 1, 0],
      [0, 0, 0],
      [0, 0, 0],
      [0, 0, 1],
    ]);
  });

  test("a sample holds every cluster and shape before a second of any", async () => {
    const { database } = test_;
    for (let index = 0; index < 30; index++)
      await database.executions.record(execution({ tool: "sampled", shape: "common" }));
    await database.executions.record(
      execution({ tool: "sampled", shape: "rare", startedAt: new Date(Date.now() - 86_400_000) }),
    );
    await database.executions.record(
      execution({
        tool: "sampled",
        shape: "common",
        status: "failed",
        cluster: "c",
        startedAt: new Date(Date.now() - 86_400_000),
      }),
    );
    const sample = await database.executions.sample("sampled", 5);
    expect(sample).toHaveLength(5);
    expect(sample.some(({ shape }) => shape === "rare")).toBe(true);
    expect(sample.some(({ cluster }) => cluster === "c")).toBe(true);
  });

  test("the newest feedback of an execution counts", async () => {
    const { database } = test_;
    const one = execution({ tool: "judged" });
    await database.executions.addFeedback({ executionId: one.id, tool: "judged", correct: true }, machine("t"));
    await database.executions.addFeedback(
      { executionId: one.id, tool: "judged", correct: false, expectedOutput: null },
      machine("t"),
    );
    const feedback = await database.executions.feedback("judged");
    expect(feedback).toHaveLength(1);
    expect(feedback[0]).toMatchObject({ correct: false, expectedOutput: null });
  });
});

describe("groups of executions", () => {
  /** Records one after the other, a turn of the event loop apart; answers how many transactions wrote them. */
  async function transactionsOf(many: number): Promise<number> {
    const written: Promise<void>[] = [];
    const ids: string[] = [];
    for (let count = 0; count < many; count += 1) {
      const one = execution();
      ids.push(one.id);
      written.push(test_.database.executions.record(one));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await Promise.all(written);
    const client = new Client({ connectionString: test_.url });
    await client.connect();
    const sql = `SELECT count(*)::int AS rows, count(DISTINCT xmin::text)::int AS groups FROM "Execution" WHERE "id" = ANY($1)`;
    const { rows } = await client.query(sql, [ids]);
    await client.end();
    expect(rows[0].rows).toBe(many);
    return rows[0].groups;
  }

  test("calls that follow on each other are written at once, where several were before", async () => {
    // A machine that is busy with something else may cut a group in two, but not every time.
    const seen: number[] = [];
    for (let times = 0; times < 20 && seen.at(-1) !== 1; times += 1) {
      await Promise.all([execution(), execution(), execution()].map((one) => test_.database.executions.record(one)));
      seen.push(await transactionsOf(4));
    }
    expect(seen.at(-1)).toBe(1);
  });

  test("rows hold every character as it came", async () => {
    const odd = "tab\t line\n return\r back\\ \\N \u2028 ü€😀 \u0001";
    const one = execution({
      input: { [odd]: odd },
      output: [odd],
      error: { name: odd, code: odd, message: odd, stack: odd },
      effects: [{ call: 0, kind: "kv.get", request: { key: odd }, response: odd, startedMs: 0, endedMs: 1 }],
      status: "failed",
      caller: odd,
      traceId: odd,
      cluster: odd,
      shape: odd,
    });
    await test_.database.executions.record(one);
    expect(await test_.database.executions.find(one.id)).toEqual(one);
  });
});

describe("proposals", () => {
  test("a stale move is refused and the state is the last transition", async () => {
    const { database } = test_;
    const proposal = await database.proposals.create({
      tool: "adder",
      baseVersion: 1,
      purpose: "failing",
      createdBy: machine("t"),
      initial: "generating",
      reason: "r",
    });
    const move = { seen: 1, from: "generating" as const, to: "testing" as const, actor: machine("t"), reason: "" };
    const results = await Promise.all([
      database.proposals.transition(proposal.id, move),
      database.proposals.transition(proposal.id, { ...move, to: "no_fix" }),
    ]);
    expect(results.filter((result) => result !== null)).toHaveLength(1);
    const read = await database.proposals.find(proposal.id);
    expect(read?.state).toBe(results.find((result) => result !== null)?.to);
    expect(read?.sequence).toBe(2);
    expect((await database.proposals.list({ state: read?.state }, {})).items.map(({ id }) => id)).toContain(
      proposal.id,
    );
    expect((await database.proposals.list({ state: "generating" }, {})).items.map(({ id }) => id)).not.toContain(
      proposal.id,
    );
  });
});

describe("transactions and events", () => {
  test("what fails leaves nothing behind and tells nobody", async () => {
    const { database } = test_;
    const heard: string[] = [];
    const stop = database.subscribe(({ id }) => heard.push(id));
    const failing = database.transaction(async (inner) => {
      await inner.audit.append({
        actor: machine("t"),
        verb: "x.y",
        tool: null,
        subject: { kind: "x", id: "gone" },
        summary: "",
      });
      await inner.publish({ kind: "tool", id: "gone" });
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    await database.transaction((inner) => inner.publish({ kind: "tool", id: "kept" }));
    await expect.poll(() => heard).toEqual(["kept"]);
    stop();
    expect((await database.audit.list({ subjectId: "gone" }, {})).items).toEqual([]);
  });

  test("the audit and the versions cannot be changed by any statement", async () => {
    const { database, url } = test_;
    await database.audit.append({
      actor: machine("t"),
      verb: "x.y",
      tool: null,
      subject: { kind: "x", id: "1" },
      summary: "",
    });
    const { Client } = await import("pg");
    const client = new Client({ connectionString: url });
    await client.connect();
    await expect(client.query(`UPDATE "AuditEntry" SET verb = 'z'`)).rejects.toThrow(/append-only/);
    await expect(client.query(`DELETE FROM "AuditEntry"`)).rejects.toThrow(/append-only/);
    await expect(client.query(`UPDATE "Version" SET source = 'z'`)).rejects.toThrow(/append-only/);
    await client.end();
  });
});

describe("jobs and access", () => {
  test("one job a key while it lives", async () => {
    const { database } = test_;
    const request = { kind: "detect" as const, input: {}, tool: null, key: "k" };
    const [a, b] = await Promise.all([database.jobs.create(request), database.jobs.create(request)]);
    expect(a.job.id).toBe(b.job.id);
    expect([a.created, b.created].sort()).toEqual([false, true]);
    await database.jobs.update(a.job.id, { state: "succeeded" });
    expect((await database.jobs.create(request)).job.id).not.toBe(a.job.id);
  });

  test("a sign-in token works once and not after its time", async () => {
    const { database } = test_;
    const key = await database.access.createKey({ name: "me", kind: "person", scopes: ["admin"], secretHash: "h" });
    const now = new Date();
    await database.access.createSignIn({ hash: "t1", keyId: key.id, expiresAt: new Date(now.getTime() + 1000) });
    await database.access.createSignIn({ hash: "t2", keyId: key.id, expiresAt: new Date(now.getTime() - 1000) });
    expect((await database.access.takeSignIn("t1", now))?.id).toBe(key.id);
    expect(await database.access.takeSignIn("t1", now)).toBeNull();
    expect(await database.access.takeSignIn("t2", now)).toBeNull();
    await database.access.revokeKey(key.id);
    expect(await database.access.findKeyByHash("h")).toBeNull();
  });
});
