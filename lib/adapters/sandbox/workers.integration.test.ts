import { execFile, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Sandbox } from "#lib/ports/sandbox.ts";
import { createSandbox } from "./create-sandbox.ts";
import { JAILS, moduleOf, returned, runLive } from "./guest.fixture.ts";

describe.each(JAILS)("$where", ({ jail }) => {
  /** Processes that run the worker's file, as the machine lists them: children of the given process. */
  function workersOf(parent: number): number[] {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => {
        try {
          const stat = readFileSync(`/proc/${name}/stat`, "utf8");
          const [state, ppid] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
          const isWorker = readFileSync(`/proc/${name}/cmdline`, "utf8").includes("/worker.js");
          return isWorker && state !== "Z" && Number(ppid) === parent ? [Number(name)] : [];
        } catch {
          return [];
        }
      });
  }

  /** All processes below one: in a jail the guests' own is the grandchild of what was started. */
  function below(parent: number): number[] {
    const path = `/proc/${parent}/task/${parent}/children`;
    const children = (() => {
      try {
        return readFileSync(path, "utf8").split(" ").filter(Boolean).map(Number);
      } catch {
        return [];
      }
    })();
    return children.flatMap((pid) => [pid, ...below(pid)]);
  }

  /** Kills every worker from outside: what was started, or what it started in its jail. */
  function killWorkers(which: "outermost" | "innermost"): void {
    for (const worker of workersOf(process.pid)) {
      const pid = which === "innermost" ? (below(worker).at(-1) ?? worker) : worker;
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It went before.
      }
    }
  }

  const alive = (pid: number): boolean => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      return stat.slice(stat.lastIndexOf(")") + 2, stat.lastIndexOf(")") + 3) !== "Z";
    } catch {
      return false;
    }
  };

  let sandbox: Sandbox | null = null;
  afterEach(async () => {
    await sandbox?.close();
    sandbox = null;
  });

  describe.runIf(process.platform === "linux")("worker processes", () => {
    it("a killed worker is replaced, and calls in flight are run again with each effect done once", async () => {
      sandbox = await createSandbox({ workers: 2, jail });
      const before = workersOf(process.pid);
      expect(before.length).toBeGreaterThanOrEqual(2);
      let performed = 0;
      let killed = false;
      const module = moduleOf(
        "const a = await ctx.kv.get('a' + input); const r = ctx.random(); const b = await ctx.kv.get('b' + input); return [a, r === r, b]",
      );
      const calls = Array.from({ length: 10 }, (_, index) =>
        runLive(sandbox as Sandbox, module, index, {
          perform: async ({ request }) => {
            performed += 1;
            const { key } = request as { key: string };
            if (key.startsWith("b") && !killed) {
              killed = true;
              for (const pid of before) process.kill(pid, "SIGKILL");
            }
            await new Promise((resolve) => setTimeout(resolve, 20));
            return key;
          },
        }),
      );
      for (const [index, result] of (await Promise.all(calls)).entries())
        expect(returned(result)).toEqual([`a${index}`, true, `b${index}`]);
      expect(performed).toBe(20);
      expect(returned(await runLive(sandbox, moduleOf("return 1")))).toBe(1);
    });

    const COMPUTES = moduleOf(
      "const a = await ctx.kv.get('a'); let x = 0; for (let i = 0; i < 3e7; i++) x += i & 7; return [a, x > 0, await ctx.kv.get('b')]",
    );
    const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

    it.each(["outermost", "innermost"] as const)(
      "what computes is resumed when all workers are killed from outside, three times over: %s",
      async (which) => {
        const made = await createSandbox({ workers: 2, jail });
        sandbox = made;
        const performed: string[] = [];
        const call = runLive(made, COMPUTES, null, {
          perform: async ({ request }) => {
            const { key } = request as { key: string };
            performed.push(key);
            return key;
          },
        });
        for (let kills = 0; kills < 3; kills += 1) {
          await sleep(400);
          killWorkers(which);
        }
        expect(returned(await call)).toEqual(["a", true, "b"]);
        expect(performed).toEqual(["a", "b"]);
      },
    );

    it.each(["outermost", "innermost"] as const)(
      "what cannot be resumed is interrupted, and neither time nor memory is laid at its door: %s",
      async (which) => {
        const made = await createSandbox({ workers: 2, jail });
        sandbox = made;
        const body = "await ctx.kv.get('a'); for (;;);";
        const call = runLive(made, moduleOf(body), null, {
          limits: { timeMs: 60_000 },
          perform: () => Promise.resolve(null),
        });
        const outage = setInterval(killWorkers, 400, which);
        const result = await call.finally(() => clearInterval(outage));
        expect(result).toMatchObject({ kind: "interrupted", effects: [{ kind: "kv.get", request: { key: "a" } }] });
        expect(returned(await runLive(made, moduleOf("return 1")))).toBe(1);
      },
    );

    it("a definition is read to its end when workers are killed from outside meanwhile", async () => {
      const made = await createSandbox({ workers: 1, jail });
      sandbox = made;
      const slow = moduleOf("return 1", { before: "let x = 0; for (let i = 0; i < 1.5e7; i++) x += i & 7;" });
      const reading = made.inspect(slow);
      for (let kills = 0; kills < 2; kills += 1) {
        await sleep(250);
        killWorkers("innermost");
      }
      expect(await reading).toMatchObject({ ok: true });
    });

    it("a definition that is being read while every worker is lost is not called wrong", async () => {
      const made = await createSandbox({ workers: 1, jail });
      sandbox = made;
      const endless = moduleOf("return 1", { before: "for (;;);" });
      const reading = made.inspect(endless);
      reading.catch(() => {});
      const outage = setInterval(() => {
        for (const pid of workersOf(process.pid)) process.kill(pid, "SIGKILL");
      }, 5);
      await expect(reading).rejects.toThrow(/Workers end/);
      clearInterval(outage);
      expect(await made.inspect(moduleOf("return 1"))).toMatchObject({ ok: true });
      const last = made.inspect(endless);
      last.catch(() => {});
      await made.close();
      await expect(last).rejects.toThrow("closed");
      await expect(made.inspect(moduleOf("return 1"))).rejects.toThrow("closed");
    });

    it("close leaves no process, not even one that is busy", async () => {
      const made = await createSandbox({ workers: 2, jail });
      const busy = runLive(made, moduleOf("return String(7n ** 80000000n).length"), null, {
        limits: { timeMs: 60_000 },
      });
      const mine = workersOf(process.pid);
      await runLive(made, moduleOf("return 1"));
      await made.close();
      expect(await busy).toMatchObject({ kind: "interrupted" });
      expect(mine.filter(alive)).toEqual([]);
      expect(await runLive(made, moduleOf("return 1"))).toMatchObject({ kind: "interrupted" });
    });

    it("no worker outlives a parent that was killed, even in the middle of a loop", async () => {
      const script = `
      import { createSandbox } from ${JSON.stringify(fileURLToPath(new URL("./create-sandbox.ts", import.meta.url)))};
      import { moduleOf, runLive } from ${JSON.stringify(fileURLToPath(new URL("./guest.fixture.ts", import.meta.url)))};
      const sandbox = await createSandbox({ workers: 1, jail: ${jail} });
      await runLive(sandbox, moduleOf("return 1"));
      void runLive(sandbox, moduleOf("for (;;);"), null, { limits: { timeMs: 600_000 } });
      void runLive(sandbox, moduleOf("return String(7n ** 900000000n).length"), null, { limits: { timeMs: 600_000 } });
      setTimeout(() => console.log("busy"), 200);
    `;
      const parent = spawn(
        process.execPath,
        ["--no-node-snapshot", "--disable-warning=ExperimentalWarning", "--input-type=module-typescript", "-e", script],
        {
          stdio: ["ignore", "pipe", "inherit"],
        },
      );
      await new Promise((resolve) => parent.stdout.once("data", resolve));
      const workers = workersOf(parent.pid as number);
      expect(workers.length).toBeGreaterThanOrEqual(1);
      parent.kill("SIGKILL");
      await vi.waitFor(() => expect(workers.filter(alive)).toEqual([]), { timeout: 3_000 });
    });

    it("gives a worker no variable of the host, and nothing of a guest reaches its output", async () => {
      process.env.WHETSTONE_SECRET_PLANTED = "planted";
      sandbox = await createSandbox({ workers: 1, jail });
      delete process.env.WHETSTONE_SECRET_PLANTED;
      for (const pid of workersOf(process.pid))
        expect(readFileSync(`/proc/${pid}/environ`, "utf8")).not.toContain("planted");
      const { stdout } = await promisify(execFile)("true");
      expect(stdout).toBe("");
    });

    it("a call that is not short goes on beside the others, and its effects are done once", async () => {
      sandbox = await createSandbox({ workers: 1, jail });
      const short = moduleOf("return input");
      const long = moduleOf(
        "const a = await ctx.kv.get('a'); let x = 0; for (let i = 0; i < 3e7; i++) x += i & 7; return [a, x > 0, await ctx.kv.get('b')]",
      );
      let performed = 0;
      const perform = async ({ request }: { request: unknown }) => {
        performed += 1;
        return (request as { key: string }).key;
      };
      let over = false;
      const slow = Array.from({ length: 3 }, () => runLive(sandbox as Sandbox, long, null, { perform }));
      const all = Promise.all(slow).finally(() => {
        over = true;
      });
      let beside = 0;
      while (!over) {
        expect(returned(await runLive(sandbox, short, beside))).toBe(beside);
        beside += 1;
      }
      for (const result of await all) {
        expect(returned(result)).toEqual(["a", true, "b"]);
        expect(result.effects.map(({ kind, request }) => [kind, request])).toEqual([
          ["kv.get", { key: "a" }],
          ["kv.get", { key: "b" }],
        ]);
      }
      expect(performed).toBe(6);
      expect(beside).toBeGreaterThan(3);
    });

    it("a crowd of endless calls of one tool each time out, and its good calls come through", async () => {
      sandbox = await createSandbox({ workers: 1, jail });
      const module = moduleOf("if (input === 'spin') for (;;); return input");
      const limits = { timeMs: 150 };
      const all = Array.from({ length: 12 }, (_, index) =>
        runLive(sandbox as Sandbox, module, index % 3 === 2 ? index : "spin", { limits }),
      );
      const kinds = (await Promise.all(all)).map((result) =>
        result.kind === "returned" ? result.output : result.kind,
      );
      expect(kinds).toEqual(kinds.map((_, index) => (index % 3 === 2 ? index : "timed_out")));
    });

    it("more tools than a worker keeps are sent to it again", async () => {
      sandbox = await createSandbox({ workers: 1, jail });
      const modules = Array.from({ length: 260 }, (_, index) => moduleOf(`return [${index}, input]`));
      for (const [round, from] of [...Array(13).keys(), 0].map((part, round) => [round, part * 20] as const)) {
        const some = modules.slice(from, from + 20);
        const results = await Promise.all(some.map((module) => runLive(sandbox as Sandbox, module, round)));
        expect(results.map(returned)).toEqual(some.map((_, index) => [from + index, round]));
      }
    });

    it("serves many calls at once over several tools", async () => {
      sandbox = await createSandbox({ workers: 2, jail });
      const modules = Array.from({ length: 50 }, (_, index) => moduleOf(`return [${index}, input]`));
      const results = await Promise.all(
        Array.from({ length: 400 }, (_, call) =>
          runLive(sandbox as Sandbox, modules[call % 50] as (typeof modules)[number], call),
        ),
      );
      expect(results.map(returned)).toEqual(results.map((_, call) => [call % 50, call]));
      expect(sandbox.describe()).toMatchObject({ engine: "isolated-vm", jailed: jail, workers: 2 });
    });
  });
});
