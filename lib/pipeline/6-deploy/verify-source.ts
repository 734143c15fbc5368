/** Loads a source in the sandbox and has it answer its probes; nothing outside is touched. */
import { compare } from "#lib/core/comparison.ts";
import { toOutcome } from "#lib/core/outcome.ts";
import type { Manifest } from "#lib/core/tool.ts";
import type { Clock } from "#lib/ports/clock.ts";
import { DEFAULT_LIMITS, type Module, type RunResult, type Sandbox } from "#lib/ports/sandbox.ts";
import type { Activation, Probe } from "./activation.ts";

export type Verified =
  | { readonly ok: true; readonly manifest: Manifest; readonly detail: string }
  | { readonly ok: false; readonly reason: string };

/** A deployment holds its tool's lock meanwhile: probes that do not fit in are left to the evidence. */
const MOST_MS = 25_000;
/** Probes that are asked together; replayed effects touch nothing, so they cannot disturb each other. */
const AT_ONCE = 8;

/** Whether the module loads under its name and answers each probe as it should. */
export async function verifySource(
  { sandbox, clock }: { sandbox: Sandbox; clock: Clock },
  module: Module,
  wanted: Activation["probes"],
): Promise<Verified> {
  const [inspected, probes] = await Promise.all([sandbox.inspect(module), wanted]);
  if (!inspected.ok) return { ok: false, reason: `it does not load: ${inspected.error}` };
  const { manifest } = inspected;
  if (manifest.name !== module.name) return { ok: false, reason: `it calls itself ${manifest.name}` };
  const until = clock.now().getTime() + MOST_MS;
  let answered = 0;
  let excuse: string | null = null;
  for (let from = 0; from < probes.length; from += AT_ONCE) {
    const left = until - clock.now().getTime();
    if (left <= 0) break;
    const group = probes.slice(from, from + AT_ONCE);
    const timeMs = Math.min(left, DEFAULT_LIMITS.timeMs);
    const faults = await Promise.all(group.map((probe) => runProbe(sandbox, module, manifest, probe, timeMs)));
    for (const [index, fault] of faults.entries()) {
      const probe = group[index] as Probe;
      if (fault === null) answered += 1;
      else if (probe.expected !== null) return { ok: false, reason: `"${probe.description}" ${fault}` };
      else excuse ??= `"${probe.description}" ${fault}`;
    }
  }
  // Where any answer will do, one has to come.
  if (answered === 0 && excuse !== null) return { ok: false, reason: excuse };
  const detail = probes.length === 0 ? "it loads" : `it loads and answers ${answered} of ${probes.length} calls`;
  return { ok: true, manifest, detail };
}

/** What is wrong with the answer, or null. */
async function runProbe(
  sandbox: Sandbox,
  module: Module,
  manifest: Manifest,
  probe: Probe,
  timeMs: number,
): Promise<string | null> {
  const limits = { ...DEFAULT_LIMITS, timeMs };
  const effects = { mode: "replay", journal: probe.journal } as const;
  const run = (): Promise<RunResult> => sandbox.run({ module, manifest, input: probe.input, limits, effects });
  let result = await run();
  // A worker that was lost says nothing about the tool: asked once more.
  if (result.kind === "interrupted") result = await run();
  if (result.kind === "interrupted") return `could not be run: ${result.detail}`;
  const { expected } = probe;
  if (result.kind === "diverged")
    return expected === null ? null : `asked for ${result.askedFor.kind}, which the record does not hold`;
  const { status, output, error } = toOutcome(manifest, result);
  if (expected === null) return status === "timed_out" ? "did not answer in time" : null;
  if (status !== expected.status)
    return `ended as ${status}${error === undefined ? "" : ` (${error.message})`}, not as ${expected.status}`;
  if (status === "refused" && error?.code !== expected.error?.code)
    return `was refused with ${error?.code ?? "no code"}, not with ${expected.error?.code ?? "none"}`;
  if (status !== "succeeded" || expected.output === undefined) return null;
  const [difference] = compare(expected.output, output, probe.noise);
  return difference === undefined
    ? null
    : `answered differently at ${difference.path === "" ? "the top" : difference.path}`;
}
