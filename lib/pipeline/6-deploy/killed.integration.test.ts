/** SIGKILL at every numbered step: the next start finds exactly old or exactly new, the audit says which, calls are answered. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEffectBroker } from "#lib/adapters/effects/create-effect-broker.ts";
import { createGit } from "#lib/adapters/git/create-git.ts";
import { sha256 } from "#lib/core/json.ts";
import type { Proposal } from "#lib/core/proposal.ts";
import { importHistory } from "#lib/registry/import-history.ts";
import { loadTools } from "#lib/registry/load-tools.ts";
import { resolveSync } from "#lib/registry/resolve-sync.ts";
import type { Order } from "#lib/testing/act-once.ts";
import type { Cut } from "#lib/testing/mortal.ts";
import {
  ADA,
  callerOf,
  digestNow,
  divider,
  GUARD,
  openWorkshop,
  tested,
  type Workshop,
} from "#lib/testing/workshop.ts";
import { createExecute } from "../1-execute/index.ts";
import { createApprove } from "../5-approve/index.ts";
import { createDeploy } from "./index.ts";

let shop: Workshop;
let rooms: ReturnType<typeof createDeploy>;
beforeAll(async () => {
  shop = await openWorkshop();
  await shop.database.settings.set({ mode: "real" });
  rooms = createDeploy({ ...shop, onActivated: () => {} });
});
afterAll(() => shop?.close());

const AT_ONCE = 2;

/** The moments of a change of version, in order; what stands afterwards where the process died there. */
const STEPS: readonly (Cut & { readonly step: string; readonly stands: "old" | "new" })[] = [
  { step: "intent", write: "create", when: "before", stands: "old" },
  { step: "backup", write: "backup", when: "before", stands: "old" },
  { step: "stage", write: "stage", when: "before", stands: "old" },
  { step: "verify", write: "stage", when: "after", stands: "old" },
  { step: "rename", write: "commitStaged", when: "before", stands: "old" },
  { step: "renamed", write: "commitStaged", when: "after", stands: "old" },
  { step: "activate", write: "setActive", when: "after", stands: "old" },
  { step: "done", write: "finish", when: "before", stands: "new" },
];

const fixed = (name: string): string => divider(name, GUARD);
const fileOf = (name: string): Promise<string> => readFile(join(shop.tools, `${name}.ts`), "utf8");
const activeOf = async (name: string) => (await shop.database.tools.find(name))?.activeVersion;

async function act(order: Pick<Order, "tool" | "action" | "proposalId" | "cut">): Promise<NodeJS.Signals | null> {
  const script = fileURLToPath(new URL("../../testing/act-once.ts", import.meta.url));
  const { url, tools, backups } = shop;
  const all: Order = { url, tools, backups, ...order };
  const child = spawn(
    process.execPath,
    ["--no-node-snapshot", "--disable-warning=ExperimentalWarning", script, JSON.stringify(all)],
    {
      stdio: ["ignore", "ignore", "inherit"],
    },
  );
  const [, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
  return signal;
}

/** Kills one process at each moment, a few at a time, each on a tool of its own. */
async function killAtEach<T extends { cut: Cut; name: string }>(
  rounds: readonly T[],
  order: (round: T) => Pick<Order, "action" | "proposalId">,
): Promise<void> {
  const waiting = [...rounds];
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let round = waiting.shift(); round !== undefined; round = waiting.shift())
        expect(await act({ tool: round.name, cut: round.cut, ...order(round) })).toBe("SIGKILL");
    }),
  );
}

/** Tools of version 1, each with an approved proposal. */
async function prepare(names: readonly string[]): Promise<Map<string, Proposal>> {
  for (const name of names) await writeFile(join(shop.tools, `${name}.ts`), divider(name));
  expect((await loadTools(shop)).broken).toEqual([]);
  const proposals = new Map<string, Proposal>();
  for (const name of names) {
    const proposal = await tested(shop, { tool: name, source: fixed(name) });
    const digest = await digestNow(shop.database, proposal.id);
    await createApprove(shop).decide(
      { proposalId: proposal.id, decision: "approve", reason: "", digest, acknowledge: [] },
      callerOf(ADA),
    );
    proposals.set(name, proposal);
  }
  return proposals;
}

async function putAway(names: readonly string[]): Promise<void> {
  for (const name of names) await rm(join(shop.tools, `${name}.ts`));
}

/** A call is answered by the version that is active, and the file holds that version; no copy is left. */
async function expectWhole(name: string, version: number, source: string): Promise<void> {
  expect(await activeOf(name)).toBe(version);
  expect(await fileOf(name)).toBe(source);
  expect((await shop.database.versions.find(name, version))?.source).toBe(source);
  const broker = createEffectBroker({
    keyValues: shop.database.keyValues,
    readSecret: () => undefined,
    allowPrivateAddresses: false,
    clock: shop.clock,
  });
  const { execute } = createExecute({ ...shop, broker });
  const answer = await execute({ tool: name, input: { a: 9, b: 3 }, caller: "test" });
  expect(answer).toMatchObject({ status: "succeeded", version, output: { result: 3 } });
  expect((await readdir(shop.tools)).filter((entry) => entry.startsWith(`.${name}.`))).toEqual([]);
  const { items } = await shop.database.deployments.list({ tool: name, state: "running" }, {});
  expect(items).toEqual([]);
}

const verbsOf = async (name: string): Promise<string[]> =>
  (await shop.database.audit.list({ tool: name }, { limit: 100 })).items.map(({ verb }) => verb);

describe("a deployment whose process is killed", () => {
  it("is exactly old or exactly new at every numbered step, and the way on is open", async () => {
    const rounds = STEPS.map((cut) => ({ cut, name: `deploy_${cut.step}` }));
    const names = rounds.map(({ name }) => name);
    const proposals = await prepare(names);
    await killAtEach(rounds, ({ name }) => ({ action: "deploy", proposalId: proposals.get(name)?.id }));
    await rooms.recover();
    await rooms.follow({});
    for (const { name, cut } of rounds) {
      const { id } = proposals.get(name) as Proposal;
      await expectWhole(name, cut.stands === "new" ? 2 : 1, cut.stands === "new" ? fixed(name) : divider(name));
      expect((await shop.database.proposals.find(id))?.state).toBe(cut.stands === "new" ? "monitoring" : "approved");
      const verbs = await verbsOf(name);
      expect(verbs.includes("deployment.activated")).toBe(cut.stands === "new");
      expect(verbs.includes("deployment.undone")).toBe(cut.stands === "old" && cut.step !== "intent");
      if (cut.stands === "old") expect((await rooms.deploy({ proposalId: id }, ADA)).state).toBe("done");
      await expectWhole(name, 2, fixed(name));
    }
    await putAway(names);
  });
});

describe("a rollback whose process is killed", () => {
  it("is exactly old or exactly new at every numbered step", async () => {
    const rounds = STEPS.map((cut) => ({ cut, name: `back_${cut.step}` }));
    const names = rounds.map(({ name }) => name);
    const proposals = await prepare(names);
    for (const name of names) await rooms.deploy({ proposalId: (proposals.get(name) as Proposal).id }, ADA);
    await killAtEach(rounds, () => ({ action: "rollback" }));
    await rooms.recover();
    await rooms.follow({});
    for (const { name, cut } of rounds) {
      const { id } = proposals.get(name) as Proposal;
      await expectWhole(name, cut.stands === "new" ? 1 : 2, cut.stands === "new" ? divider(name) : fixed(name));
      expect((await shop.database.proposals.find(id))?.state).toBe(cut.stands === "new" ? "rolled_back" : "monitoring");
      const verbs = await verbsOf(name);
      expect(verbs.includes("tool.rolled_back")).toBe(cut.stands === "new");
      expect(verbs.includes("deployment.undone")).toBe(cut.stands === "old" && cut.step !== "intent");
    }
    await putAway(names);
  });
});

describe("a merge whose process is killed", () => {
  const MOMENTS: readonly Cut[] = [
    { write: "backup", when: "before" },
    { write: "commitStaged", when: "before" },
    { write: "commitStaged", when: "after" },
    { write: "setActive", when: "after" },
    { write: "finish", when: "after" },
  ];

  it("leaves the edit on disk and the active version as they were", async () => {
    const rounds = MOMENTS.map((cut, index) => ({ cut, name: `merge_${index}` }));
    const names = rounds.map(({ name }) => name);
    const proposals = await prepare(names);
    for (const name of names) {
      await rooms.deploy({ proposalId: (proposals.get(name) as Proposal).id }, ADA);
      await writeFile(join(shop.tools, `${name}.ts`), divider(name, GUARD, ", by hand"));
    }
    await killAtEach(rounds, () => ({ action: "merge" }));
    await rooms.recover();
    await rooms.follow({});
    for (const { name } of rounds) {
      expect(await activeOf(name)).toBe(2);
      // The edit is where the person left it: on disk.
      expect(await fileOf(name)).toBe(divider(name, GUARD, ", by hand"));
      // Asked again, the merge takes it.
      const settled = await resolveSync(shop, { tool: name, resolution: "merge" }, ADA);
      expect(settled).toMatchObject({ resolved: true, version: 3 });
      expect(await activeOf(name)).toBe(3);
      expect(await fileOf(name)).toBe(divider(name, GUARD, ", by hand"));
      expect((await shop.database.versions.find(name, 3))?.source).toBe(await fileOf(name));
    }
    await putAway(names);
  });
});

describe("an import of history whose process is killed", () => {
  const git = promisify(execFile);

  it("holds each commit whole or not at all, and goes on when asked again", async () => {
    const rounds = (
      [
        { write: "add", when: "before" },
        { write: "add", when: "after" },
        { write: "add", when: "before", nth: 2 },
      ] as const
    ).map((cut, index) => ({ cut, name: `history_${index}` }));
    const names = rounds.map(({ name }) => name);
    await prepare(names);
    const run = (...words: string[]) =>
      git("git", ["-c", "user.name=Eve", "-c", "user.email=eve@example.org", ...words], { cwd: shop.tools });
    await run("init", "--quiet");
    const sources = (name: string) => ["a", "b", "c"].map((note) => divider(name, "", ` ${note}`));
    for (const turn of [0, 1, 2]) {
      for (const name of names) await writeFile(join(shop.tools, `${name}.ts`), sources(name)[turn] ?? "");
      await run("add", "--all");
      await run("commit", "--quiet", "--no-gpg-sign", "-m", `turn ${turn}`);
    }
    for (const name of names) await writeFile(join(shop.tools, `${name}.ts`), divider(name));
    await killAtEach(rounds, () => ({ action: "import" }));
    for (const [index, { name }] of rounds.entries()) {
      const before = await shop.database.versions.list(name);
      expect(before.length - 1).toBe([0, 1, 1][index]);
      await importHistory({ ...shop, git: createGit({ toolsFolder: shop.tools, enabled: true }) }, name, {
        afterKnown: false,
      });
      const after = await shop.database.versions.list(name);
      expect(after.map(({ hash }) => hash).toSorted()).toEqual(
        [divider(name), ...sources(name)].map((source) => sha256(source)).toSorted(),
      );
      await expectWhole(name, 1, divider(name));
    }
  });
});
