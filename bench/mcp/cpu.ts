/** What processes take of the machine's processors, by their kind: told by the system, so only where it has /proc. */
import { readdirSync, readFileSync } from "node:fs";

/** Microseconds since each began: the server itself, its PostgreSQL, and everything else that it started. */
export type CpuTime = { readonly server: number; readonly postgres: number; readonly workers: number };

/** Linux counts in hundredths of a second, whatever its own clock. */
const TICK_US = 10_000;

type Process = { readonly parent: number; readonly name: string; readonly us: number };

function processes(): Map<number, Process> {
  const seen = new Map<number, Process>();
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const text = readFileSync(`/proc/${entry}/stat`, "latin1");
      // The name stands in brackets and may hold anything, brackets too.
      const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
      const name = text.slice(text.indexOf("(") + 1, text.lastIndexOf(")"));
      const ticks = Number(fields[11]) + Number(fields[12]);
      seen.set(Number(entry), { parent: Number(fields[1]), name, us: ticks * TICK_US });
    } catch {
      // It ended meanwhile.
    }
  }
  return seen;
}

/** Null where the system does not tell. */
export function cpuTime(pid: number): CpuTime | null {
  if (process.platform !== "linux") return null;
  const all = processes();
  const total = { server: all.get(pid)?.us ?? 0, postgres: 0, workers: 0 };
  for (const [one, { name, us }] of all) {
    if (one === pid || !descends(all, one, pid)) continue;
    total[name === "postgres" ? "postgres" : "workers"] += us;
  }
  return total;
}

function descends(all: ReadonlyMap<number, Process>, from: number, pid: number): boolean {
  for (let one = all.get(from)?.parent; one !== undefined && one > 1; one = all.get(one)?.parent)
    if (one === pid) return true;
  return false;
}
