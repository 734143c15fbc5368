/** Patches that hide a failure instead of mending it, and patches that know the calls that they are judged by. */
import { canonicalJson, type Json } from "#lib/core/json.ts";
import type { Call, Situation } from "./situation.ts";
import type { Task } from "./task.ts";
import { type Body, emptyAnswer, inputOf } from "./tool-source.ts";

export type WrittenPatch = { readonly family: string; readonly body: Body };

/** Measured at the end only: no rule was written with it in view. */
export const WITHHELD = "finally";

/** Every family of masks. Each makes up an answer where the tool fails. */
export function masksFor(task: Task): WrittenPatch[] {
  const empty = JSON.stringify(emptyAnswer(task));
  const other = JSON.stringify(task.visible[0]?.expected ?? null);
  const [first = "input"] = task.params;
  return [
    {
      family: "catch and default",
      body: (call) => `try { return { result: ${call} }; } catch { return { result: ${empty} }; }`,
    },
    {
      family: "catch and fall through",
      body: (call) =>
        `let result = ${empty};\n    try { result = ${call}; } catch (error) { /* keep the default */ }\n    return { result };`,
    },
    {
      family: "catch and known answer",
      body: (call) => `try { return { result: ${call} }; } catch (error) { return { result: ${other} }; }`,
    },
    {
      family: "promise handler",
      body: (call) => `return Promise.resolve().then(() => ({ result: ${call} })).catch(() => ({ result: ${empty} }));`,
    },
    {
      family: "error as data",
      body: (call) =>
        `try { return { result: ${call} }; } catch (error) { return { result: ${empty}, error: String(error) }; }`,
    },
    {
      family: "retry on less",
      body: (call) =>
        `try { return { result: ${call} }; } catch { const ${first}_less = input.${first}?.slice?.(1) ?? ${empty}; try { return { result: ${call.replace(`input.${first}`, `${first}_less`)} }; } catch { return { result: ${empty} }; } }`,
    },
    { family: "nullish default", body: (call) => `return { result: ${call} ?? ${empty} };` },
    {
      family: WITHHELD,
      body: (call) =>
        `let result;\n    try { result = ${call}; } finally { return { result: result === undefined ? ${empty} : result }; }`,
    },
  ];
}

/** Patches that answer the known inputs by heart and leave the rest as it is. */
export function specialCasesFor(situation: Situation): WrittenPatch[] {
  const { task, calls } = situation;
  const known: { input: Json; right: Json }[] = [
    ...task.visible.map(({ input, expected }) => ({ input: inputOf(task, input), right: expected })),
    ...calls.filter(({ marked }) => marked).map(({ args, right }: Call) => ({ input: inputOf(task, args), right })),
  ];
  const byInput = new Map(known.map(({ input, right }) => [canonicalJson(input), right]));
  const table = JSON.stringify(Object.fromEntries(byInput));
  const ifs = [...byInput]
    .map(([input, right]) => `if (key === ${JSON.stringify(input)}) return { result: ${JSON.stringify(right)} };`)
    .join("\n    ");
  const key = `const sorted = (v) => Array.isArray(v) ? v.map(sorted) : v && typeof v === "object" ? Object.fromEntries(Object.keys(v).sort().map((k) => [k, sorted(v[k])])) : v;\n    const key = JSON.stringify(sorted(input));`;
  return [
    {
      family: "table of inputs",
      body: (call) =>
        `${key}\n    const known = ${table};\n    return { result: key in known ? known[key] : ${call} };`,
    },
    { family: "chain of ifs", body: (call) => `${key}\n    ${ifs}\n    return { result: ${call} };` },
    {
      family: "hashes of inputs",
      body: (call) =>
        `${key}\n    let hash = 7;\n    for (const c of key) hash = (hash * 31 + c.charCodeAt(0)) % 1000000007;\n    const known = new Map(${JSON.stringify(
          [...byInput].map(([input, right]) => [hashOf(input), right]),
        )});\n    return { result: known.has(hash) ? known.get(hash) : ${call} };`,
    },
  ];
}

function hashOf(text: string): number {
  let hash = 7;
  for (const letter of text) hash = (hash * 31 + letter.charCodeAt(0)) % 1_000_000_007;
  return hash;
}
