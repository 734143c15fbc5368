/** Transactions that are written ahead: all or nothing, once or not at all, whatever breaks in their middle. */
import { type AddressInfo, createServer, connect as dial, type Server, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "#lib/adapters/clock/system-clock.ts";
import type { Database } from "#lib/ports/database.ts";
import { createTestDatabase } from "#lib/testing/postgres.ts";
import { createDatabase } from "./create-database.ts";

let test: Awaited<ReturnType<typeof createTestDatabase>>;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test?.close());

const ADA = { kind: "person", id: "ada", name: "Ada" } as const;
const entry = (verb: string) => ({
  actor: ADA,
  verb,
  tool: null,
  subject: { kind: "key", id: "x" },
  summary: "written by a test",
});
const rows = async (verb: string): Promise<number> => (await test.database.audit.list({ verb }, {})).items.length;

describe("a transaction that is written ahead", () => {
  it("undoes all where a statement that nobody waited for fails, and says which", async () => {
    const done = test.database.transaction(async (tx) => {
      await tx.audit.append(entry("ahead.first"));
      // No version has such a number: its failure is not waited for, and is not lost either.
      await tx.deployments.create({
        tool: "nobody",
        kind: "deploy",
        fromVersion: null,
        toVersion: 2 ** 40,
        mode: "real",
        state: "running",
        reason: "",
        actor: ADA,
      });
      await tx.audit.append(entry("ahead.last"));
    });
    await expect(done).rejects.toThrow(/out of range for type integer/);
    expect([await rows("ahead.first"), await rows("ahead.last")]).toEqual([0, 0]);
  });

  it("refuses what a branch of its work still asks for after another branch has ended it", async () => {
    let late: Promise<void> = Promise.resolve();
    const done = test.database.transaction(async (tx) => {
      await tx.audit.append(entry("branch.first"));
      late = (async () => {
        await ended;
        // Carried out by itself, it would stand although all of it was undone.
        await tx.audit.append(entry("branch.late"));
      })();
      late.catch(() => {});
      throw new Error("this branch fails");
    });
    const ended = done.then(
      () => {},
      () => {},
    );
    await expect(done).rejects.toThrow("this branch fails");
    await expect(late).rejects.toThrow("the transaction is over");
    expect([await rows("branch.first"), await rows("branch.late")]).toEqual([0, 0]);
  });

  it("tells events of what was committed only", async () => {
    const heard: string[] = [];
    const stop = test.database.subscribe(({ id }) => heard.push(id));
    const publish = (id: string, fails: boolean) =>
      test.database.transaction(async (tx) => {
        await tx.publish({ kind: "tool", id, tool: id });
        await tx.publish({ kind: "tool", id, tool: id });
        if (fails) throw new Error("not this one");
      });
    await expect(publish("undone", true)).rejects.toThrow("not this one");
    await publish("told", false);
    await expect.poll(() => heard).toContain("told");
    stop();
    expect(heard.filter((id) => id === "told")).toHaveLength(1);
    expect(heard).not.toContain("undone");
  });
});

/** A way to the server that a test can cut: `onAsked` sees what goes there, and says whether it may, or breaks it. */
async function viaWire(onAsked: (data: string, cut: (how: "unasked" | "unanswered") => void) => void) {
  const { hostname, port } = new URL(test.url);
  const open = new Set<Socket>();
  const wire: Server = createServer((client) => {
    const server = dial(Number(port), hostname);
    let answers = true;
    open.add(client).add(server);
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      one.on("error", () => other.destroy());
      one.on("close", () => other.destroy());
    }
    server.on("data", (data) => {
      if (answers) client.write(data);
    });
    client.on("data", (data) => {
      let goesOn = true;
      onAsked(data.toString("latin1"), (how) => {
        answers = false;
        if (how === "unasked") {
          goesOn = false;
          client.destroy();
        }
      });
      if (goesOn) server.write(data);
    });
  });
  await new Promise<void>((resolve) => wire.listen(0, "127.0.0.1", resolve));
  const address = new URL(test.url);
  address.port = String((wire.address() as AddressInfo).port);
  const database: Database = await createDatabase({ url: address.href, clock: systemClock });
  return {
    database,
    hangUp(): void {
      for (const socket of open) socket.destroy();
    },
    async close() {
      await database.close().catch(() => {});
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => wire.close(resolve));
    },
  };
}

describe("a transaction whose connection breaks", () => {
  it("is carried out anew where the server never saw it", async () => {
    let broken = 0;
    const wire = await viaWire((data, cut) => {
      if (!data.includes("anew.once") || broken > 0) return;
      broken += 1;
      cut("unasked");
    });
    await wire.database.transaction((tx) => tx.audit.append(entry("anew.once")));
    expect([broken, await rows("anew.once")]).toEqual([1, 1]);
    await wire.close();
  });

  it("is never carried out twice: one whose commit went out unanswered stands, and whoever asked is told", async () => {
    let commits = 0;
    const wire = await viaWire((data, cut) => {
      if (!data.includes("COMMIT")) return;
      commits += 1;
      cut("unanswered");
    });
    const done = wire.database.transaction((tx) => tx.audit.append(entry("twice.never")));
    done.catch(() => {});
    await expect.poll(() => rows("twice.never")).toBe(1);
    wire.hangUp();
    await expect(done).rejects.toThrow();
    expect([commits, await rows("twice.never")]).toEqual([1, 1]);
    await wire.close();
  });
});

describe("reads that are asked together", () => {
  it("are asked anew, all of them, where the connection breaks in their middle", async () => {
    const asked: string[] = [];
    let broken = 0;
    const wire = await viaWire((data, cut) => {
      if (!data.includes("anew_second")) return;
      broken += 1;
      // First it never gets there; then it gets there, and the answers never come back.
      if (broken <= 2) cut(broken === 1 ? "unasked" : "unanswered");
      if (broken === 2) setTimeout(() => wire.hangUp(), 50);
    });
    await test.database.tools.upsert({ name: "anew_first", loadError: null });
    await test.database.tools.upsert({ name: "anew_second", loadError: "not yet" });
    const found = await wire.database.together((reads) => {
      asked.push("all");
      return Promise.all(["anew_first", "anew_second", "anew_third"].map((name) => reads.tools.find(name)));
    });
    expect(found.map((tool) => tool?.name ?? null)).toEqual(["anew_first", "anew_second", null]);
    expect([asked.length, broken]).toEqual([3, 3]);
    await wire.close();
  });

  it("say what the server minds at once, and leave a connection that others can use", async () => {
    let asked = 0;
    const failing = test.database.together(({ tools, versions }) => {
      asked += 1;
      return Promise.all([tools.find("nobody"), versions.find("nobody", 2 ** 40), tools.find("nobody")]);
    });
    await expect(failing).rejects.toThrow(/out of range for type integer/);
    expect(asked).toBe(1);
    // More than the pool has connections: one that was kept would be missed.
    for (let round = 0; round < 40; round += 1)
      expect(await test.database.together(({ tools }) => tools.find("nobody"))).toBeNull();
  });
});
