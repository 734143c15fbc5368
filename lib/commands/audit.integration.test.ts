/** Every command that changes something writes down who did it, in the order in which an engineer would use them. */
import { execFileSync } from "node:child_process";
import { appendFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Caller } from "#lib/core/actor.ts";
import { changeGroups } from "#lib/core/change-groups.ts";
import type { Job } from "#lib/core/version.ts";
import { openTestHouse, type TestHouse } from "#lib/testing/test-house.ts";
import type { Context } from "./command.ts";
import { ROUTES } from "./registry.ts";
import { settled } from "./settled.ts";

let house: TestHouse;
const caller: Caller = { actor: { kind: "key", id: "auditor", name: "auditor" }, scopes: ["admin"] };

beforeAll(async () => {
  house = await openTestHouse();
});
afterAll(() => house?.close());

function ctx(): Context {
  return { ...house.machinery, caller };
}

// biome-ignore lint/suspicious/noExplicitAny: each command answers its own shape
async function run(name: string, input: unknown): Promise<any> {
  const route = ROUTES.find((one) => one.name === name);
  if (route === undefined) throw new Error(`no route ${name}`);
  return route.run(ctx(), input);
}

async function call(input: unknown): Promise<string> {
  return (await run("tools.call", { name: "calculator", input })).id;
}

async function source(change: (text: string) => string): Promise<string> {
  return change(await readFile(join(house.tools, "calculator.ts"), "utf8"));
}

function guarded(text: string): string {
  return text
    .replace("import { defineTool }", "import { defineTool, ToolError }")
    .replace(
      "return { result: a / b };",
      'if (b === 0) throw new ToolError("division_by_zero", "no");\n        return { result: a / b };',
    );
}

async function tested(answer: { id: string; jobId: string }): Promise<string> {
  const job = await house.machinery.database.jobs.find(answer.jobId);
  const ended = await settled(house.machinery.database, job as Job, 60);
  expect(ended.state).toBe("succeeded");
  return answer.id;
}

async function approval(id: string) {
  const { digest, evidence } = await run("proposals.show", { id });
  const acknowledge = evidence.summary.warnings.map((warning: { id: string }) => warning.id);
  return { id, decision: "approve", digest, acknowledge, reason: "looked at" };
}

/** What happens between two steps is part of the second. */
type Step = readonly [route: string, verb: string, input: (state: State) => Promise<unknown>];
type State = { opportunity: string; proposal: string; deployment: string; key: string };

const STEPS: readonly Step[] = [
  [
    "executions.feedback",
    "execution.feedback",
    async () => ({ id: await call({ operation: "add", a: 1, b: 1 }), correct: true }),
  ],
  ["executions.case", "case.created", async () => ({ id: await call({ operation: "add", a: 2, b: 2 }) })],
  [
    "tools.cases.remove",
    "case.removed",
    async () => {
      const [kept] = await house.machinery.database.executions.cases("calculator");
      return { name: "calculator", id: kept?.id };
    },
  ],
  ["tools.cases.run", "tool.cases_run", async () => ({ name: "calculator" })],
  ["tools.cases.start", "tool.cases_started", async () => ({ name: "calculator" })],
  ["executions.replay", "execution.replayed", async () => ({ id: await call({ operation: "add", a: 3, b: 2 }) })],
  ["executions.import", "executions.imported", async () => ({ lines: [] })],
  [
    "detect",
    "detection.requested",
    async () => {
      for (let a = 1; a < 9; a++) await call({ operation: "divide", a, b: 0 });
      return { waitSeconds: 30 };
    },
  ],
  ["opportunities.change", "opportunity.assigned", async ({ opportunity }) => ({ id: opportunity, assignee: "ada" })],
  [
    "opportunities.generate",
    "proposal.requested",
    async ({ opportunity }) => ({ id: opportunity, generator: "templates" }),
  ],
  ["proposals.comment", "proposal.commented", async ({ proposal }) => ({ id: proposal, text: "why?" })],
  [
    "proposals.comments.resolve",
    "proposal.comment_resolved",
    async ({ proposal }) => ({
      id: proposal,
      comment: (await run("proposals.comment", { id: proposal, text: "and this?", line: 1, endLine: 3 })).id,
    }),
  ],
  [
    "proposals.try",
    "proposal.tried",
    async ({ proposal }) => ({ id: proposal, input: { operation: "add", a: 1, b: 1 } }),
  ],
  ["proposals.test", "proposal.retested", async ({ proposal }) => ({ id: proposal })],
  [
    "proposals.revise",
    "proposal.revised",
    async ({ proposal }) => ({ id: proposal, source: `${(await run("proposals.show", { id: proposal })).source}\n` }),
  ],
  ["proposals.withdraw", "proposal.withdrawn", async ({ proposal }) => ({ id: proposal })],
  ["settings.change", "settings.changed", async () => ({ mode: "real" })],
  ["tools.settings.change", "tool.settings_changed", async () => ({ name: "calculator", target: 0.9 })],
  [
    "proposals.create",
    "proposal.created",
    async () => ({ tool: "calculator", source: await source(guarded), rationale: "refuses", purpose: "failing" }),
  ],
  [
    "proposals.undo",
    "proposal.awaiting_review",
    async ({ proposal }) => {
      await run("proposals.decide", await approval(proposal));
      return { id: proposal };
    },
  ],
  ["proposals.decide", "proposal.approved", ({ proposal }) => approval(proposal)],
  ["proposals.deploy", "proposal.deploying", async ({ proposal }) => ({ id: proposal })],
  ["deployments.pause", "deployment.paused", async ({ deployment }) => ({ id: deployment })],
  ["deployments.watch", "deployment.watched_again", async ({ deployment }) => ({ id: deployment })],
  ["deployments.promote", "deployment.promoted", async ({ deployment }) => ({ id: deployment })],
  ["deployments.abort", "proposal.rolled_back", async ({ deployment }) => ({ id: deployment, reason: "enough" })],
  ["tools.rollback", "", async () => ({ name: "calculator", version: 2, reason: "forward again" })],
  [
    "sync.undo",
    "tool.sync_undone",
    async () => {
      await appendFile(join(house.tools, "calculator.ts"), "// dropped by mistake\n");
      await run("sync.resolve", { name: "calculator", resolution: "take_database" });
      return { name: "calculator" };
    },
  ],
  [
    "sync.resolve",
    "tool.synced",
    async () => {
      await appendFile(join(house.tools, "calculator.ts"), "// edited by hand\n");
      return { name: "calculator", resolution: "take_disk" };
    },
  ],
  [
    "versions.import",
    "versions.imported",
    async () => {
      execFileSync("git", ["-C", house.tools, "init", "--quiet"]);
      return { name: "calculator" };
    },
  ],
  [
    "proposals.accept_changes",
    "proposal.changes_accepted",
    async () => {
      const id = await tested(
        await run("proposals.create", {
          tool: "calculator",
          source: await source((text) => text.replace("a + b", "a + b + 1")),
          rationale: "one more",
        }),
      );
      const { evidence } = await run("proposals.show", { id });
      const [group] = changeGroups(await house.machinery.database.proposals.evidenceCases(evidence.id));
      return { id, group: group?.name };
    },
  ],
  [
    "proposals.undo_accepted_changes",
    "proposal.accepted_changes_undone",
    async () => {
      const id = await tested(
        await run("proposals.create", {
          tool: "calculator",
          source: await source((text) => text.replace("a + b", "a + b + 2")),
          rationale: "two more",
        }),
      );
      const { evidence } = await run("proposals.show", { id });
      const [group] = changeGroups(await house.machinery.database.proposals.evidenceCases(evidence.id));
      await run("proposals.accept_changes", { id, group: group?.name });
      return { id, group: group?.name };
    },
  ],
  [
    "proposals.merge",
    "proposal.created",
    async () => {
      const made = await run("proposals.create", {
        tool: "calculator",
        source: await source((text) => `// proposed\n${text}`),
        rationale: "says more",
      });
      await appendFile(join(house.tools, "calculator.ts"), "// edited meanwhile\n");
      await run("sync.resolve", { name: "calculator", resolution: "take_disk" });
      return { id: made.id };
    },
  ],
  [
    "jobs.cancel",
    "job.cancelled",
    async () => ({
      id: (
        await house.machinery.queue.enqueue({ kind: "detect", input: {}, tool: null, key: "later", delaySeconds: 600 })
      ).id,
    }),
  ],
  ["keys.create", "key.created", async () => ({ name: "agent" })],
  ["keys.revoke", "key.revoked", async ({ key }) => ({ id: key })],
  ["secrets.set", "secret.set", async () => ({ name: "TOKEN", value: "hush-hush" })],
  ["secrets.delete", "secret.deleted", async () => ({ name: "TOKEN" })],
  ["sign-in", "sign_in.link_made", async () => ({})],
];

describe("audit", () => {
  it("is written by every command that decides something", async () => {
    const state: State = { opportunity: "", proposal: "", deployment: "", key: "" };
    const { audit } = house.machinery.database;
    for (const [name, verb, makeInput] of STEPS) {
      const input = await makeInput(state);
      const before = (await audit.list({}, { limit: 1 })).items[0]?.id ?? "";
      const answer = await run(name, input);
      const rows = (await audit.list({}, { limit: 50 })).items.filter(({ id }) => id > before);
      const own = rows.filter(({ actor }) => actor.id === "auditor");
      expect(own.length, `${name} wrote no row of its caller`).toBeGreaterThan(0);
      if (verb !== "")
        expect(
          own.map((row) => row.verb),
          name,
        ).toContain(verb);
      for (const { summary } of own) expect(summary.length).toBeGreaterThan(5);
      if (name === "detect") state.opportunity = answer.items[0].id;
      if (name === "keys.create") state.key = answer.id;
      if (name === "proposals.deploy") state.deployment = answer.id;
      if (name === "opportunities.generate") {
        state.proposal = await tested(answer);
        const testing = await house.machinery.database.jobs.list({ state: "running" }, { limit: 10 });
        const queued = await house.machinery.database.jobs.list({ state: "queued" }, { limit: 10 });
        for (const job of [...testing.items, ...queued.items])
          if (job.kind === "test") await settled(house.machinery.database, job, 60);
      }
      if (["proposals.create", "proposals.test", "proposals.revise"].includes(name))
        state.proposal = await tested(answer);
    }
  });

  it("covers the whole registry", () => {
    const audited = ROUTES.filter((route) => route.audited).map(({ name }) => name);
    const covered = STEPS.map(([name]) => name);
    expect(audited.filter((name) => !covered.includes(name))).toEqual([]);
  });

  it("is not written by what is refused", async () => {
    const { audit, proposals } = house.machinery.database;
    // Tests that the steps above had run anew write their rows.
    const testing = async () => (await proposals.list({ state: "testing" }, { limit: 1 })).items.length;
    await expect.poll(testing, { timeout: 60_000 }).toBe(0);
    const before = (await audit.list({}, { limit: 1 })).items[0]?.id;
    await expect(run("settings.change", {})).rejects.toMatchObject({ code: "invalid_input" });
    await expect(run("proposals.create", { tool: "nobody", source: "x", rationale: "y" })).rejects.toMatchObject({
      code: "not_found",
    });
    await expect(run("keys.revoke", { id: "nothing" })).rejects.toMatchObject({ code: "not_found" });
    expect((await audit.list({}, { limit: 1 })).items[0]?.id).toBe(before);
  });
});
