import { beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "#lib/adapters/clock/system-clock.ts";
import { machine } from "#lib/core/actor.ts";
import { correctnessRank } from "#lib/core/correctness-rank.ts";
import type { Version } from "#lib/core/version.ts";
import { moveProposal } from "../transitions.ts";
import { createTest } from "./index.ts";
import {
  CALCULATOR,
  call,
  divide,
  install,
  openTestRoom,
  propose,
  QUIET,
  RIGHT,
  room,
  sandbox,
  store,
  testOf,
  withDivide,
} from "./test-room.fixture.ts";

openTestRoom();

describe("the calculator that divides by zero", () => {
  let version: Version;
  let rename: (text: string) => string;
  beforeEach(async () => {
    ({ version, rename } = await install(CALCULATOR, "calculator"));
    for (const a of [10, 1, -4, 0, 250]) await call(version, divide(a, 0));
    for (const a of [2, 9, 6, 0.5, 9]) await call(version, { operation: "add", a, b: 3 });
  });

  it("counts how many cases passed through each line, and names those that none did", async () => {
    const unreached = withDivide(
      'if (b === 0) throw new ToolError("division_by_zero", "b is 0");\n        if (a === 123456789)\n          return { result: 0 };\n        return { result: a / b };',
    );
    const proposal = await propose(version, rename(unreached));
    const evidence = await room.test({ proposalId: proposal.id }, QUIET);
    const { coverage, notTested } = evidence.summary;
    const lines = rename(unreached).split("\n");
    const at = (text: string): number => lines.findIndex((line) => line.includes(text));
    expect(coverage?.cases).toBeGreaterThanOrEqual(15);
    expect(coverage?.candidate?.[at("if (b === 0)")]).toBeGreaterThanOrEqual(5);
    expect(coverage?.candidate?.[at("a === 123456789")]).toBeGreaterThanOrEqual(1);
    expect(coverage?.candidate?.[at("return { result: 0 }")]).toBe(0);
    expect(coverage?.candidate?.[at("import { defineTool")]).toBeNull();
    expect(coverage?.candidate).toHaveLength(lines.length);
    expect(notTested[0]).toContain(`${at("return { result: 0 }") + 1}`);
    expect(notTested[0]).toMatch(/of the proposed source: executed by no case\.$/);
  });

  it("passes a clear refusal by synthetic cases, writes the evidence down and hands it over", async () => {
    const proposal = await propose(version, rename(RIGHT));
    const stages: string[] = [];
    const evidence = await room.test(
      { proposalId: proposal.id },
      { ...QUIET, progress: async (stage, share) => void stages.push(`${Math.round(share * 100)} ${stage}`) },
    );
    expect(evidence).toMatchObject({
      number: 1,
      revision: 1,
      verdict: "passed",
      strategy: "shadow",
      strategyUsed: "synthetic",
      headline: "Passed by synthetic cases: 5 of 5 base cases, 5 of 5 failures refused clearly.",
      summary: { targets: { total: 6, met: 6 }, baseCases: { total: 5, passed: 5 }, noisePaths: [] },
    });
    expect(evidence.summary.notTested[0]).toBe("Live calls: not enough of them yet, recorded ones were replayed.");
    expect(evidence.summary.warnings.filter(({ mustAcknowledge }) => mustAcknowledge)).toEqual([]);
    expect(stages.some((stage) => stage.includes("Replaying on the proposed version"))).toBe(true);
    expect(stages.at(-2)).toBe("98 Looking which lines were executed: 30 of 30 runs");
    const { proposals, audit } = store.database;
    expect(await proposals.evidence(proposal.id)).toEqual([evidence]);
    const cases = await proposals.evidenceCases(evidence.id);
    expect(cases.map(({ label }) => label).sort()).toEqual([
      ...Array(9).fill("agrees"),
      "corrected",
      ...Array(5).fill("handled"),
    ]);
    const refused = cases.find(({ label }) => label === "handled");
    expect(refused).toMatchObject({
      shouldThrow: "division_by_zero",
      old: { status: "failed", error: { name: "OutputNotJson" } },
      new: { status: "refused", error: { code: "division_by_zero" } },
    });
    expect(await proposals.find(proposal.id)).toMatchObject({ state: "awaiting_review" });
    const rows = await audit.list({ subjectId: proposal.id }, {});
    expect(rows.items[0]?.summary).toContain("Passed by synthetic cases");
    await expect(room.test({ proposalId: proposal.id }, QUIET)).rejects.toMatchObject({ code: "conflict" });
  });

  it.each([
    ["null", "return { result: b === 0 ? 0 : a / b };"],
    ["a catch", "try { if (b === 0) throw new Error(); return { result: a / b }; } catch { return { result: 0 }; }"],
    ["a default", "return { result: a / (b || 1) };"],
  ])("fails a fix that makes the answer up: %s", async (_, code) => {
    const evidence = await testOf(version, rename(withDivide(code)));
    expect(evidence.verdict).toBe("failed");
    const cases = await store.database.proposals.evidenceCases(evidence.id);
    const made = cases.filter(({ source, target }) => source === "recorded" && target);
    // One of the five has the input of the base case, which asks for a refusal.
    expect(made.map(({ label }) => label).sort()).toEqual(["masked", "masked", "masked", "masked", "still_wrong"]);
  });

  it("looks at the failures that a change is not for: hidden they are doubted, left as they are they are no fault", async () => {
    const hiding = await testOf(version, rename(withDivide("return { result: a / (b || 1) };")), { purpose: "other" });
    expect(hiding.verdict).not.toBe("passed");
    expect(hiding.summary.warnings).toContainEqual(expect.objectContaining({ id: "masked", mustAcknowledge: true }));
    const cases = await store.database.proposals.evidenceCases(hiding.id);
    // The fifth has the input of the base case, and is judged as that.
    expect(cases.filter(({ aside }) => aside).map(({ label }) => label)).toEqual(Array(4).fill("masked"));
    const leaving = await testOf(version, rename(CALCULATOR.replace("a + b", "b + a")), { purpose: "other" });
    const without = leaving.summary.warnings.map(({ id }) => id);
    expect(without).not.toContain("masked");
    expect(without).not.toContain("still-failing");
    expect(leaving.summary.counts.still_failing ?? 0).toBe(0);
  });

  it("fails a regression, and says which call was lost", async () => {
    const evidence = await testOf(version, rename(RIGHT).replace("result: a + b", "result: a - b"));
    expect(evidence).toMatchObject({ verdict: "failed", headline: expect.stringContaining("1 of 5 cases broken") });
    const [first] = await store.database.proposals.evidenceCases(evidence.id);
    expect(first).toMatchObject({ label: "regression", differences: [{ path: "/result", before: 3, after: -1 }] });
  });

  it("does not pass a fix that fixes nothing", async () => {
    const evidence = await testOf(version, rename(CALCULATOR.replace("a / b", "a / b + 0")));
    expect(evidence.verdict).toBe("failed");
    expect(evidence.summary.counts.still_failing).toBe(5);
  });

  it("passes by replay with a hundred good calls, at the bound that they give", async () => {
    for (let a = 0; a < 100; a += 1) await call(version, { operation: "multiply", a, b: 7 });
    const evidence = await testOf(version, rename(RIGHT));
    expect(evidence).toMatchObject({ verdict: "passed", strategyUsed: "replay" });
    expect(evidence.headline).toContain("105 of 105 good answers unchanged (at least 97.1 %)");
    expect(evidence.summary.ab).toMatchObject({ n: 115, old: { succeeded: 109 }, new: { succeeded: 115 } });
  });

  it("takes feedback as a target with a known answer", async () => {
    const wrong = await call(version, { operation: "add", a: 40, b: 3 });
    const said = { executionId: wrong.id, tool: version.tool, correct: false, expectedOutput: { result: 42 } };
    await store.database.executions.addFeedback(said, machine("test"));
    const wrongly = { verdict: "failed", headline: expect.stringContaining("answered wrongly") };
    expect(await testOf(version, rename(RIGHT), { purpose: "incorrect" })).toMatchObject(wrongly);
    expect(await testOf(version, rename(RIGHT), { purpose: "other" })).toMatchObject(wrongly);
  });

  it("sets answers marked as wrong aside where the change is for failures, and looks whether it spoils them", async () => {
    const wrong = await call(version, { operation: "add", a: 40, b: 3 });
    const said = { executionId: wrong.id, tool: version.tool, correct: false, expectedOutput: { result: 42 } };
    const { executions } = store.database;
    await executions.addFeedback(said, machine("test"));
    // Kept as a case as well, it counts once.
    const kept = { tool: version.tool, description: "right", input: wrong.input, effects: [], executionId: wrong.id };
    await executions.addCase({ ...kept, expectedOutput: { result: 42 } }, machine("test"));
    const beside = async (source: string) => {
      const evidence = await testOf(version, rename(source));
      const cases = await store.database.proposals.evidenceCases(evidence.id);
      return { evidence, of: cases.filter(({ executionId }) => executionId === wrong.id) };
    };
    const leaving = await beside(RIGHT);
    expect(leaving.evidence).toMatchObject({ verdict: "passed", summary: { targets: { total: 6, met: 6 } } });
    expect(leaving.evidence.summary.counts.still_wrong).toBeUndefined();
    expect(leaving.of).toMatchObject([{ source: "recorded", aside: true, label: "still_wrong" }]);
    const spoiling = await beside(RIGHT.replace("result: a + b", "result: a === 40 ? 7 : a + b"));
    expect(spoiling.evidence.verdict).toBe("inconclusive");
    expect(spoiling.evidence.headline).toContain("1 answer marked as wrong, that it is not for, would change");
    const mending = await beside(RIGHT.replace("result: a + b", "result: a === 40 ? a + 2 : a + b"));
    expect(mending.evidence.headline).not.toContain("marked as wrong");
    expect(mending.of).toMatchObject([{ aside: true, label: "corrected" }]);
  });

  it("never counts the candidate's own cases", async () => {
    const own =
      '{ description: "mine", input: { operation: "add", a: 1, b: 1 }, expectedOutput: { result: 3 } },\n    {\n      description: "refuses';
    const evidence = await testOf(version, rename(RIGHT).replace('{\n      description: "refuses', own));
    expect(evidence).toMatchObject({ verdict: "passed", summary: { changes: { testCases: ["added: mine"] } } });
    const cases = await store.database.proposals.evidenceCases(evidence.id);
    expect(cases.filter(({ source }) => source === "candidate_case")).toMatchObject([{ label: "still_wrong" }]);
  });

  it("tries an input on both", async () => {
    const proposal = await propose(version, rename(RIGHT));
    const tried = await room.tryInput({ proposalId: proposal.id, input: divide(3, 0) });
    expect(tried).toMatchObject({ old: { status: "failed" }, new: { status: "refused" } });
    expect(await room.tryInput({ proposalId: proposal.id, input: { operation: "root" } })).toMatchObject({
      old: { status: "rejected" },
      new: { status: "rejected" },
    });
  });

  it("is tried quickly by generators, with nothing written", async () => {
    const candidate = { tool: version.tool, baseVersion: 1, purpose: "failing" as const };
    const { signal } = new AbortController();
    expect(await room.tryCandidate({ ...candidate, source: rename(RIGHT) }, signal)).toMatchObject({
      valid: true,
      verdict: "passed",
      targets: { total: 6, met: 6 },
      regressions: 0,
      complaints: [],
    });
    const masking = await room.tryCandidate(
      { ...candidate, source: rename(withDivide("return { result: a / (b || 1) };")) },
      signal,
    );
    expect(masking).toMatchObject({ verdict: "failed", masked: 4 });
    expect(masking.complaints.join("\n")).toMatch(/made by a default on line \d+/);
    // What no case executes speaks for nothing, so such a candidate comes after one without it.
    const tight = await room.tryCandidate({ ...candidate, source: rename(RIGHT) }, signal);
    const unseen = withDivide(
      'if (b === 0) throw new ToolError("division_by_zero", "b is 0");\n        if (b > 1e300)\n          return { result: a / b };\n        return { result: a / b };',
    );
    const loose = await room.tryCandidate({ ...candidate, source: rename(unseen) }, signal);
    expect(loose).toMatchObject({ valid: true, regressions: 0, targets: { met: 6 } });
    expect(loose.rank ?? 1).toBeLessThan(tight.rank ?? 0);
    const broken = await room.tryCandidate({ ...candidate, source: "export default 1" }, signal);
    expect(broken).toMatchObject({ valid: false, verdict: "failed" });
    expect(broken.errors[0]).toMatch(/^Line 1: /);
  });

  it("counts in a quick trial what the verdict counts: failures that the change is not for are no targets of it", async () => {
    const source = rename(CALCULATOR.replace("a + b", "b + a"));
    const full = await testOf(version, source, { purpose: "other" });
    const { signal } = new AbortController();
    const trial = await room.tryCandidate({ tool: version.tool, baseVersion: 1, purpose: "other", source }, signal);
    expect(full.summary.targets.total).toBe(1);
    expect(trial.targets).toEqual(full.summary.targets);
    // Four failures stay as they are, which is nothing to complain of; the fifth is judged as the base case.
    expect(trial.complaints.filter((line) => line.startsWith("still failing"))).toEqual([]);
    const hiding = rename(withDivide("return { result: a / (b || 1) };"));
    const hidden = await room.tryCandidate(
      { tool: version.tool, baseVersion: 1, purpose: "other", source: hiding },
      signal,
    );
    expect(hidden).toMatchObject({ masked: 4 });
  });

  it("stops when it is told to", async () => {
    const proposal = await propose(version, rename(RIGHT));
    const stop = new AbortController();
    const work = { signal: stop.signal, progress: async () => stop.abort() };
    await expect(room.test({ proposalId: proposal.id }, work)).rejects.toThrow();
    // Nobody cancelled the job: it is taken up again at the next start.
    expect(await store.database.proposals.find(proposal.id)).toMatchObject({ state: "testing" });
  });

  it("is cancelled where a person stopped its job", async () => {
    const proposal = await propose(version, rename(RIGHT));
    const { jobs, proposals } = store.database;
    const input = { proposalId: proposal.id };
    const { job } = await jobs.create({ kind: "test", input, tool: version.tool, key: `test:${proposal.id}` });
    await jobs.update(job.id, { state: "running", cancelRequested: true });
    const stop = new AbortController();
    const work = { signal: stop.signal, progress: async () => stop.abort() };
    await expect(room.test(input, work)).rejects.toThrow();
    expect(await proposals.find(proposal.id)).toMatchObject({ state: "cancelled" });
    expect(await proposals.evidence(proposal.id)).toEqual([]);
  });

  it("goes back to its reviewers where they stopped a later run, and one that only the process ended is taken up", async () => {
    const proposal = await propose(version, rename(RIGHT));
    const { jobs, proposals } = store.database;
    const input = { proposalId: proposal.id };
    await room.test(input, QUIET);
    const again = async (key: string) => {
      const { sequence: seen } = (await proposals.find(proposal.id)) ?? { sequence: 0 };
      const actor = { kind: "person", id: "ada", name: "ada" } as const;
      await moveProposal(store.database, { id: proposal.id, to: "testing", actor, reason: "again", seen });
      const stop = new AbortController();
      const { job } = await jobs.create({ kind: "test", input, tool: version.tool, key });
      await jobs.update(job.id, { state: "running" });
      return { job, test: () => room.test(input, { signal: stop.signal, progress: async () => stop.abort() }) };
    };
    const stopped = await again("again-1");
    await jobs.update(stopped.job.id, { cancelRequested: true });
    await expect(stopped.test()).rejects.toThrow();
    await jobs.update(stopped.job.id, { state: "cancelled" });
    expect(await proposals.find(proposal.id)).toMatchObject({ state: "awaiting_review" });
    expect(await proposals.evidence(proposal.id)).toHaveLength(1);
    expect((await proposals.transitions(proposal.id)).at(-1)?.reason).toMatch(/the last ones showed stands/);

    await expect((await again("again-2")).test()).rejects.toThrow();
    expect(await proposals.find(proposal.id)).toMatchObject({ state: "testing" });
  });

  it("calls lost machinery an error, never a failure of the tool", async () => {
    const lost = createTest({
      database: store.database,
      clock: systemClock,
      sandbox: {
        ...sandbox,
        inspect: sandbox.inspect.bind(sandbox),
        run: async () => Promise.reject(new Error("no worker")),
      },
    });
    const proposal = await propose(version, rename(RIGHT));
    const evidence = await lost.test({ proposalId: proposal.id }, QUIET);
    expect(evidence).toMatchObject({
      verdict: "error",
      headline: expect.stringContaining("says nothing about the tool"),
    });
    expect(await store.database.proposals.find(proposal.id)).toMatchObject({ state: "awaiting_review" });
  });

  it("calls a sandbox that is lost while it validates an error too", async () => {
    const lost = createTest({
      database: store.database,
      clock: systemClock,
      sandbox: { ...sandbox, inspect: async () => Promise.reject(new Error("Workers end")) },
    });
    const proposal = await propose(version, rename(RIGHT));
    await expect(lost.tryInput({ proposalId: proposal.id, input: divide(1, 0) })).rejects.toMatchObject({
      code: "unavailable",
    });
    const candidate = { tool: version.tool, baseVersion: 1, purpose: "failing" as const, source: rename(RIGHT) };
    expect(await lost.tryCandidate(candidate, new AbortController().signal)).toMatchObject({ verdict: "error" });
    const evidence = await lost.test({ proposalId: proposal.id }, QUIET);
    expect(evidence).toMatchObject({ verdict: "error", headline: expect.stringContaining("Workers end") });
  });

  it("never shows the score that orders candidates, nor speaks of chances", async () => {
    const proposal = await propose(version, rename(RIGHT));
    const evidence = await room.test({ proposalId: proposal.id }, QUIET);
    const candidate = { tool: version.tool, baseVersion: 1, purpose: "failing" as const, source: rename(RIGHT) };
    const { rank } = await room.tryCandidate(candidate, new AbortController().signal);
    expect(rank).toBeGreaterThan(0);
    const { proposals } = store.database;
    const kept = [evidence, await proposals.evidenceCases(evidence.id), await proposals.find(proposal.id)];
    const values: unknown[] = [];
    JSON.stringify(kept, (name, value) => {
      expect(name).not.toMatch(/rank|score|probab|likel|confidence/i);
      if (name !== "source" && name !== "text") values.push(value);
      return value;
    });
    expect(values).not.toContain(rank);
    expect(values).not.toContain(correctnessRank(evidence.summary.features ?? []));
    const said = [evidence.headline, ...evidence.summary.wouldSettle, ...evidence.summary.notTested];
    expect(said.join(" ")).not.toMatch(/probab|likel|chance|score/i);
  });
});
