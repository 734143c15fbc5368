/** Long work on a real queue: steps that follow each other, restarts, stops and the background loop. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cancelJob } from "#lib/commands/cancel-job.ts";
import type { Context } from "#lib/commands/command.ts";
import { runCommand } from "#lib/commands/command.ts";
import { detect } from "#lib/commands/detect.ts";
import { generateProposal } from "#lib/commands/generate-proposal.ts";
import { machine } from "#lib/core/actor.ts";
import type { Job } from "#lib/core/version.ts";
import { createTest } from "#lib/pipeline/4-test/index.ts";
import type { ServerEvent } from "#lib/ports/database.ts";
import { openTestHouse, type TestHouse } from "#lib/testing/test-house.ts";
import { createJobHandlers, secondsUntilLook } from "./handlers.ts";
import { startPeriodicDetection } from "./periodic-detection.ts";
import { resumeUnfinished } from "./resume-unfinished.ts";

let house: TestHouse;
let ctx: Context;
let opportunityId: string;

beforeAll(async () => {
  house = await openTestHouse();
  ctx = { ...house.machinery, caller: { actor: machine("test"), scopes: ["admin"] } };
  for (let a = 1; a < 9; a++)
    await ctx.pipeline.execute({ tool: "calculator", input: { operation: "divide", a, b: 0 }, caller: "test" });
  const { items } = await runCommand(detect, ctx, { waitSeconds: 30 });
  opportunityId = items.find(({ tool }) => tool === "calculator")?.id ?? "";
});
afterAll(() => house?.close());

/** Looks again at every event until the answer is there. */
async function until<T>(look: () => Promise<T | null>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const stop = ctx.database.subscribe((_event: ServerEvent) => again());
    const limit = setTimeout(() => {
      stop();
      reject(new Error("it did not come about"));
    }, 60_000);
    const again = (): void => {
      look().then((answer) => {
        if (answer === null) return;
        stop();
        clearTimeout(limit);
        resolve(answer);
      }, reject);
    };
    again();
  });
}

function inState(proposalId: string, state: string) {
  return until(async () => {
    const proposal = await ctx.database.proposals.find(proposalId);
    return proposal?.state === state ? proposal : null;
  });
}

async function proposalIn(state: "generating" | "testing") {
  return ctx.database.proposals.create({
    tool: "calculator",
    baseVersion: 1,
    purpose: "failing",
    opportunityId,
    createdBy: machine("test"),
    initial: state,
    reason: "made by hand",
  });
}

describe("jobs", () => {
  it("test what was generated, and show their progress", async () => {
    const { id, jobId } = await runCommand(generateProposal, ctx, { id: opportunityId, generator: "templates" });
    const proposal = await inState(id, "awaiting_review");
    const { items } = await ctx.database.jobs.list({ tool: "calculator" }, { limit: 50 });
    const mine = items.filter(({ input }) => input.proposalId === id).map(({ kind }) => kind);
    expect(mine.sort()).toEqual(["generate", "test"]);
    expect(await ctx.database.jobs.find(jobId)).toMatchObject({ state: "succeeded", progress: 1 });
    expect(proposal.revision).toBe(1);
  });

  it("test again what lost its machinery, and leave no verdict of it standing", async () => {
    const { database, sandbox, clock } = ctx;
    const { source = "" } = (await database.versions.find("calculator", 1)) ?? {};
    const losing: typeof sandbox = {
      ...sandbox,
      inspect: (module) => sandbox.inspect(module),
      run: () => Promise.reject(new Error("no worker")),
    };
    const room = createTest({ database, sandbox: losing, clock });
    const handlers = createJobHandlers({ ...ctx, pipeline: { ...ctx.pipeline, test: room.test } });
    const proposal = await proposalIn("testing");
    const origin = { kind: "agent", name: "test" } as const;
    await database.proposals.addRevision(proposal.id, {
      source: `${source}// changed\n`,
      rationale: "",
      author: machine("test"),
      origin,
    });
    const job = { kind: "test", input: { proposalId: proposal.id } } as unknown as Job;
    const quiet = { signal: new AbortController().signal, progress: async () => {} };
    expect(await handlers.test?.({ job, ...quiet })).toMatchObject({ verdict: "error" });
    await inState(proposal.id, "awaiting_review");
    const verdicts = (await database.proposals.evidence(proposal.id)).map(({ verdict }) => verdict);
    expect(verdicts).toHaveLength(2);
    expect(verdicts.filter((verdict) => verdict === "error")).toHaveLength(1);
  });

  it("write nothing where the database is lost, so that the queue tries again", async () => {
    const { database, sandbox, clock } = ctx;
    const proposal = await proposalIn("testing");
    const { source = "" } = (await database.versions.find("calculator", 1)) ?? {};
    const origin = { kind: "agent", name: "test" } as const;
    await database.proposals.addRevision(proposal.id, { source, rationale: "", author: machine("test"), origin });
    const broken: typeof database = {
      ...database,
      executions: { ...database.executions, sample: () => Promise.reject(new Error("connection terminated")) },
    };
    const room = createTest({ database: broken, sandbox, clock });
    const quiet = { signal: new AbortController().signal, progress: async () => {} };
    await expect(room.test({ proposalId: proposal.id }, quiet)).rejects.toThrow("connection terminated");
    expect(await database.proposals.evidence(proposal.id)).toEqual([]);
    expect(await database.proposals.find(proposal.id)).toMatchObject({ state: "testing" });
  });

  it("take up what a dead process left without a job", async () => {
    const left = await proposalIn("generating");
    expect(await resumeUnfinished(house.machinery)).toBeGreaterThan(0);
    await inState(left.id, "awaiting_review");
    expect(await resumeUnfinished(house.machinery)).toBe(0);
  });

  it("are one job however often they are asked for", async () => {
    const left = await proposalIn("generating");
    await Promise.all([resumeUnfinished(house.machinery), resumeUnfinished(house.machinery)]);
    await inState(left.id, "awaiting_review");
    const { items } = await ctx.database.jobs.list({ tool: "calculator" }, { limit: 200 });
    const generated = items.filter(({ kind, input }) => kind === "generate" && input.proposalId === left.id);
    expect(generated).toHaveLength(1);
  });

  it("that are stopped before they begin tell their proposal", async () => {
    const left = await proposalIn("generating");
    const job = await ctx.queue.enqueue({
      kind: "generate",
      input: { proposalId: left.id },
      tool: "calculator",
      key: `generate:${left.id}`,
      delaySeconds: 600,
    });
    expect(await runCommand(cancelJob, ctx, { id: job.id })).toMatchObject({ state: "cancelled" });
    expect(await ctx.database.proposals.find(left.id)).toMatchObject({ state: "cancelled" });
  });

  it("that are stopped while they test say who stopped them, however busy the tool is", async () => {
    const { database } = ctx;
    const proposal = await proposalIn("testing");
    const { source = "" } = (await database.versions.find("calculator", 1)) ?? {};
    const written = { rationale: "", author: machine("test"), origin: { kind: "agent", name: "test" } } as const;
    await database.proposals.addRevision(proposal.id, { source: `${source}// one\n`, ...written });
    const { job } = await database.jobs.create({
      kind: "test",
      input: { proposalId: proposal.id },
      tool: "calculator",
      key: `by-hand:${proposal.id}`,
    });
    for (let other = 0; other < 60; other++)
      await database.jobs
        .create({ kind: "monitor", input: {}, tool: "calculator", key: `other:${other}` })
        .then(({ job: { id } }) => database.jobs.update(id, { state: "cancelled" }));
    await database.jobs.update(job.id, { state: "running" });
    const own = await database.jobs.list({ tool: "calculator", proposalId: proposal.id }, { limit: 30 });
    expect(own.items.map(({ id }) => id)).toEqual([job.id]);
    const stop = new AbortController();
    const anna: Context = {
      ...ctx,
      caller: { actor: { kind: "person", id: "anna", name: "anna" }, scopes: ["admin"] },
    };
    const progress = async (): Promise<void> => {
      if (!stop.signal.aborted) await runCommand(cancelJob, anna, { id: job.id });
      stop.abort(new Error("stopped"));
    };
    await expect(ctx.pipeline.test({ proposalId: proposal.id }, { signal: stop.signal, progress })).rejects.toThrow();
    await database.jobs.update(job.id, { state: "cancelled" });
    expect((await database.proposals.transitions(proposal.id)).at(-1)).toMatchObject({
      to: "cancelled",
      actor: { name: "anna" },
      reason: "its tests were stopped by anna",
    });
  });

  it("run again leave finished work alone", async () => {
    const { items } = await ctx.database.proposals.list({ state: "awaiting_review" }, { limit: 1 });
    const proposal = items[0];
    const job = await ctx.queue.enqueue({
      kind: "test",
      input: { proposalId: proposal?.id },
      tool: "calculator",
      key: "again",
    });
    const ended = await until<Job>(async () => {
      const row = await ctx.database.jobs.find(job.id);
      return row?.state === "succeeded" ? row : null;
    });
    expect(ended.result).toMatchObject({ state: "awaiting_review" });
    expect(await ctx.database.proposals.evidence(proposal?.id ?? "")).toHaveLength(1);
  });
});

describe("periodic detection", () => {
  const detections = async (loop: boolean): Promise<number> =>
    (await ctx.database.jobs.list({}, { limit: 200 })).items.filter(
      ({ input, state }) => input.loop === loop && state === "succeeded",
    ).length;

  it("looks for problems by itself, and has faults of tools mended only while the background loop is on", async () => {
    for (let index = 0; index < 8; index++)
      await ctx.pipeline.execute({ tool: "calculator", input: { operation: "divide", a: 3, b: 0 }, caller: "test" });
    const { items } = await ctx.database.proposals.list({ tool: "calculator" }, { limit: 50 });
    const known = new Set(items.map(({ id }) => id));
    await ctx.database.opportunities.update(opportunityId, { state: "open" });
    const stop = startPeriodicDetection(house.machinery, { everyMs: 20 });
    try {
      await until(async () => ((await detections(false)) >= 2 ? true : null));
      expect((await ctx.database.proposals.list({ tool: "calculator" }, { limit: 50 })).items).toHaveLength(known.size);
      await ctx.database.settings.set({ backgroundLoop: true });
      const made = await until(async () => {
        const list = await ctx.database.proposals.list({ tool: "calculator", state: "awaiting_review" }, { limit: 50 });
        return list.items.find(({ id }) => !known.has(id)) ?? null;
      });
      expect(made.createdBy).toMatchObject({ kind: "machine", id: "loop" });
      expect(await detections(true)).toBeGreaterThan(0);
    } finally {
      stop();
    }
  });
});

describe("secondsUntilLook", () => {
  it("looks soon at first and never seldom", () => {
    expect([1, 2, 3, 4, 5, 6, 1_000].map(secondsUntilLook)).toEqual([2, 4, 8, 16, 30, 30, 30]);
  });
});
