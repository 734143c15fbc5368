/** A waiting change on live calls: counted down, settled by them, and thrown into doubt by one that differs. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { takeInEdits } from "#lib/commands/take-in-edits.ts";
import { machine } from "#lib/core/actor.ts";
import type { Evidence } from "#lib/core/evidence.ts";
import type { Proposal } from "#lib/core/proposal.ts";
import { readReviewPage } from "#lib/queries/review-page.ts";
import { openTestHouse, type TestHouse } from "#lib/testing/test-house.ts";

const tool = (name: string, body: string) => `import { defineTool } from "whetstone";
export default defineTool({
  name: "${name}", description: "Doubles a number",
  inputSchema: { type: "object", required: ["n"], properties: { n: { type: "number" } } },
  outputSchema: { type: "object", required: ["twice"], properties: { twice: { type: "number" } } },
  characteristics: { idempotent: true, sideEffects: [], safeForShadowTesting: true, requiresMocking: [], testDataAvailable: false },
  permissions: { network: [], kv: "none", secrets: [] },
  run({ n }: { n: number }) { ${body} },
});
`;

let house: TestHouse;
beforeAll(async () => {
  house = await openTestHouse();
  for (const name of ["doubler", "twicer", "secretive"])
    await writeFile(join(house.tools, `${name}.ts`), tool(name, "return { twice: n * 2 };"));
  await takeInEdits(house.machinery);
});
afterAll(() => house?.close());

const call = (name: string, n: number) =>
  house.machinery.pipeline.execute({ tool: name, input: { n }, caller: "agent" });

/** Looks again at every event until the answer is there. */
async function until<T>(look: () => Promise<T | null>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const { database } = house.machinery;
    const stop = database.subscribe(() => again());
    const limit = setTimeout(() => end(() => reject(new Error("it did not come about"))), 60_000);
    const end = (settle: () => void): void => {
      stop();
      clearTimeout(limit);
      settle();
    };
    const again = (): void => {
      look().then(
        (found) => (found === null ? undefined : end(() => resolve(found))),
        (error: unknown) => end(() => reject(error)),
      );
    };
    again();
  });
}

async function propose(name: string, body: string): Promise<Proposal> {
  const { database, queue } = house.machinery;
  const made = await database.proposals.create({
    tool: name,
    baseVersion: 1,
    purpose: "other",
    createdBy: machine("test"),
    initial: "testing",
    reason: "made by hand",
  });
  await database.proposals.addRevision(made.id, {
    source: tool(name, body),
    rationale: "",
    author: machine("test"),
    origin: { kind: "agent", name: "test" },
  });
  await queue.enqueue({ kind: "test", input: { proposalId: made.id }, tool: name, key: `test:${made.id}` });
  await snapshot(made.id, 1);
  return made;
}

/** The numbered snapshot, once the proposal waits for its review with it. */
function snapshot(id: string, number: number): Promise<Evidence> {
  return until(async () => {
    const [proposal, all] = await Promise.all([
      house.machinery.database.proposals.find(id),
      house.machinery.database.proposals.evidence(id),
    ]);
    const found = all.find((one) => one.number === number);
    return found !== undefined && proposal?.state === "awaiting_review" ? found : null;
  });
}

const tallied = (id: string, count: number) =>
  until(async () => {
    const { agreed, differed } = await house.machinery.database.shadow.tally(id, 1);
    // Rows announce themselves seldom, so the next look is asked for here.
    if (agreed + differed < count) await house.machinery.database.publish({ kind: "settings", id: "look again" });
    return agreed + differed >= count ? { agreed, differed } : null;
  });

async function liveLine(id: string): Promise<string | null> {
  const ctx = { ...house.machinery, caller: { actor: machine("test"), scopes: ["admin" as const] } };
  return (await readReviewPage(ctx, { id })).lines?.shadow ?? null;
}

it("counts live calls down, and proves the change by them", async () => {
  for (let n = 0; n < 5; n += 1) await call("doubler", n);
  const { id } = await propose("doubler", "return { twice: n + n };");
  const [first] = await house.machinery.database.proposals.evidence(id);
  expect(first).toMatchObject({ verdict: "inconclusive", strategy: "shadow" });
  expect(await liveLine(id)).toContain("none came yet; 54 more agreeing calls settle it");
  const before = await house.machinery.database.executions.list({ tool: "doubler" }, { limit: 200 });
  for (let n = 0; n < 10; n += 1) await call("doubler", 100 + n);
  expect(await tallied(id, 10)).toEqual({ agreed: 10, differed: 0 });
  expect(await liveLine(id)).toContain("10 live calls agreed, none differed; 44 more agreeing calls settle it");
  for (let n = 0; n < 49; n += 1) {
    await call("doubler", 1000 + n);
    await tallied(id, Math.min(11 + n, 54));
  }
  const second = await snapshot(id, 2);
  expect(second).toMatchObject({ verdict: "passed" });
  expect(["shadow", "replay"]).toContain(second.strategyUsed);
  const moves = await house.machinery.database.proposals.transitions(id);
  expect(moves.map(({ actor, reason }) => `${actor.id}: ${reason}`)).toContain("shadow: 54 live calls agreed");
  // The caller saw nothing of it: one execution a call, all by the active version.
  const after = await house.machinery.database.executions.list({ tool: "doubler" }, { limit: 200 });
  expect(after.items).toHaveLength(before.items.length + 59);
  expect(after.items.every(({ version }) => version === 1)).toBe(true);
});

it("has a passed change tested again when a live call differs, which then fails it", async () => {
  for (let n = 0; n < 70; n += 1) await call("twicer", n);
  const { id } = await propose("twicer", "return { twice: n > 5000 ? n : n * 2 };");
  const [first] = await house.machinery.database.proposals.evidence(id);
  expect(first).toMatchObject({ verdict: "passed", strategyUsed: "replay" });
  expect(await liveLine(id)).toContain("none came yet.");
  await call("twicer", 9000);
  const second = await snapshot(id, 2);
  expect(second.verdict).not.toBe("passed");
  const cases = await house.machinery.database.proposals.evidenceCases(second.id);
  expect(cases.find(({ input }) => JSON.stringify(input) === '{"n":9000}')).toMatchObject({ label: "changed" });
});

it("leaves alone what is not recorded whole", async () => {
  await house.machinery.database.tools.setSettings("secretive", { recording: "shape" });
  const { id } = await propose("secretive", "return { twice: n + n };");
  expect(await liveLine(id)).toBeNull();
  for (let n = 0; n < 3; n += 1) await call("secretive", n);
  await call("doubler", 1);
  expect(await house.machinery.database.shadow.tally(id, 1)).toEqual({ agreed: 0, differed: 0 });
});
