/** Twenty tools with effects whose upstream drifted: right fixes and wrong ones, measured apart from the corpora. */
import type { Json } from "#lib/core/json.ts";
import { seededRandom } from "#lib/core/random.ts";
import type { Verdict } from "#lib/core/words.ts";
import type { ProvingGround, RecordedCall } from "./proving-ground.ts";

export type EffectTrial = {
  readonly tool: string;
  readonly right: boolean;
  readonly what: string;
  readonly verdict: Verdict;
  readonly masked: boolean;
};

/** One make of tool. Sources are given as the body of `run`; `upstream` is what the world answers to an input. */
type Make = {
  readonly name: string;
  readonly permissions: string;
  readonly idempotent: boolean;
  readonly base: string;
  readonly right: string;
  readonly wrong: readonly (readonly [what: string, body: string])[];
  readonly input: (random: () => number) => { [key: string]: Json };
  /** What the world holds for an input; every sixth or so after the drift. */
  readonly upstream: (input: { [key: string]: Json }, drifted: boolean) => Json;
  /** The right answer, or the code of the right refusal. */
  readonly answer: (input: { [key: string]: Json }, upstream: Json) => Json | string;
};

const FETCH = 'network: ["api.example.com"], kv: "none", secrets: []';
const KV = 'network: [], kv: "read", secrets: []';
const get = (path: string) =>
  `const response = await ctx.fetch("https://api.example.com/${path}/" + input.id);\n    const data = (await response.json()) as any;`;
const id = (random: () => number) => `A${Math.floor(random() * 900) + 100}`;
const whole = (random: () => number, most: number) => Math.floor(random() * most) + 1;
const member = (value: Json, name: string): Json =>
  value !== null && typeof value === "object" && !Array.isArray(value) ? (value[name] ?? null) : null;

const MAKES: readonly Make[] = [
  {
    name: "order_total",
    permissions: FETCH,
    idempotent: true,
    base: `${get("orders")}\n    return { result: data.price * input.quantity - data.discount.amount };`,
    right: `${get("orders")}\n    const discount = data.discount === undefined ? 0 : data.discount.amount;\n    return { result: data.price * input.quantity - discount };`,
    wrong: [
      [
        "swallow",
        `try { ${get("orders")}\n    return { result: data.price * input.quantity - data.discount.amount }; } catch { return { result: 0 }; }`,
      ],
      ["no discount at all", `${get("orders")}\n    return { result: data.price * input.quantity };`],
      [
        "price alone",
        `${get("orders")}\n    if (data.discount === undefined) return { result: data.price };\n    return { result: data.price * input.quantity - data.discount.amount };`,
      ],
      [
        "asks another host",
        `${get("orders")}\n    const more = await ctx.fetch("https://api.example.com/discounts/" + input.id);\n    return { result: data.price * input.quantity - ((await more.json()) as any).amount };`,
      ],
    ],
    input: (random) => ({ id: id(random), quantity: whole(random, 9) }),
    upstream: (input, drifted) => ({
      price: 10 + String(input.id).length,
      ...(drifted ? {} : { discount: { amount: 2 } }),
    }),
    answer: (input, upstream) =>
      Number(member(upstream, "price")) * Number(input.quantity) -
      Number(member(member(upstream, "discount"), "amount")),
  },
  {
    name: "temperature_in",
    permissions: FETCH,
    idempotent: true,
    base: `${get("stations")}\n    return { result: data.temperature + input.offset };`,
    right: `${get("stations")}\n    return { result: Number(data.temperature) + input.offset };`,
    wrong: [
      [
        "cut to whole degrees",
        `${get("stations")}\n    return { result: parseInt(data.temperature, 10) + input.offset };`,
      ],
      [
        "swallow",
        `${get("stations")}\n    return { result: typeof data.temperature === "number" ? data.temperature + input.offset : 0 };`,
      ],
      ["offset forgotten", `${get("stations")}\n    return { result: Number(data.temperature) };`],
    ],
    input: (random) => ({ id: id(random), offset: whole(random, 5) }),
    upstream: (input, drifted) => {
      const degrees = Number(String(input.id).slice(1)) / 10;
      return { temperature: drifted ? String(degrees) : degrees };
    },
    answer: (input, upstream) => Number(member(upstream, "temperature")) + Number(input.offset),
  },
  {
    name: "items_in_stock",
    permissions: FETCH,
    idempotent: true,
    base: `${get("stock")}\n    let sum = 0;\n    for (const item of data.items) sum += item.count;\n    return { result: sum };`,
    right: `${get("stock")}\n    let sum = 0;\n    for (const item of data.items ?? []) sum += item.count;\n    return { result: sum };`,
    wrong: [
      [
        "swallow",
        `try { ${get("stock")}\n    let sum = 0;\n    for (const item of data.items) sum += item.count;\n    return { result: sum }; } catch { return { result: -1 }; }`,
      ],
      ["counts kinds", `${get("stock")}\n    return { result: (data.items ?? []).length };`],
      ["first only", `${get("stock")}\n    return { result: data.items === null ? 0 : data.items[0].count };`],
    ],
    input: (random) => ({ id: id(random) }),
    upstream: (input, drifted) => {
      const number = Number(String(input.id).slice(1));
      return { items: drifted ? null : [{ count: number % 7 }, { count: (number % 3) + 1 }] };
    },
    answer: (_, upstream) => {
      const items = member(upstream, "items");
      return Array.isArray(items) ? items.reduce<number>((sum, item) => sum + Number(member(item, "count")), 0) : 0;
    },
  },
  {
    name: "display_name",
    permissions: KV,
    idempotent: true,
    base: `const data = (await ctx.kv.get(input.id)) as any;\n    return { result: data.name.trim() };`,
    right: `const data = (await ctx.kv.get(input.id)) as any;\n    if (data === null) throw new ToolError("unknown_user", "nobody has this id");\n    return { result: data.name.trim() };`,
    wrong: [
      [
        "empty name",
        `const data = (await ctx.kv.get(input.id)) as any;\n    return { result: data === null ? "" : data.name.trim() };`,
      ],
      [
        "optional",
        `const data = (await ctx.kv.get(input.id)) as any;\n    return { result: data?.name?.trim() ?? "unknown" };`,
      ],
      [
        "refuses others too",
        `const data = (await ctx.kv.get(input.id)) as any;\n    if (data === null || data.name.length > 6) throw new ToolError("unknown_user", "nobody has this id");\n    return { result: data.name.trim() };`,
      ],
    ],
    input: (random) => ({ id: id(random) }),
    upstream: (input, drifted) => (drifted ? null : { name: ` user ${input.id} ` }),
    answer: (_, upstream) => (upstream === null ? "unknown_user" : String(member(upstream, "name")).trim()),
  },
  {
    name: "days_left",
    permissions: KV,
    idempotent: false,
    base: `const data = (await ctx.kv.get(input.id)) as any;\n    return { result: Math.round((data.due - input.today) / 86_400) };`,
    right: `const data = (await ctx.kv.get(input.id)) as any;\n    return { result: Math.round((data.due - input.today) / (data.unit === "ms" ? 86_400_000 : 86_400)) };`,
    wrong: [
      [
        "always milliseconds",
        `const data = (await ctx.kv.get(input.id)) as any;\n    return { result: Math.round((data.due - input.today) / 86_400_000) };`,
      ],
      [
        "rounds down",
        `const data = (await ctx.kv.get(input.id)) as any;\n    return { result: Math.floor((data.due - input.today) / (data.unit === "ms" ? 86_400_000 : 86_400)) };`,
      ],
      [
        "clamped",
        `const data = (await ctx.kv.get(input.id)) as any;\n    return { result: Math.min(365, Math.round((data.due - input.today) / 86_400)) };`,
      ],
    ],
    input: (random) => ({ id: id(random), today: 0 }),
    upstream: (input, drifted) => {
      const days = Number(String(input.id).slice(1)) / 4;
      return drifted ? { due: days * 86_400_000, unit: "ms" } : { due: days * 86_400 };
    },
    answer: (_, upstream) =>
      Math.round(Number(member(upstream, "due")) / (member(upstream, "unit") === "ms" ? 86_400_000 : 86_400)),
  },
];

const VARIANTS = 4;
const CALLS = 200;

/** Tries every patch on every tool; each variant has another share of drifted answers and other calls. */
export async function tryEffectTools(ground: ProvingGround, seed: number, quick: boolean): Promise<EffectTrial[]> {
  const trials: EffectTrial[] = [];
  for (const make of MAKES) {
    for (let variant = 1; variant <= (quick ? 1 : VARIANTS); variant += 1) {
      const name = `${make.name}_${variant}`;
      const version = await ground.install(name, sourceOf(make, name, make.base));
      await ground.record(version, callsOf(make, seed + variant, 0.05 * variant + 0.05));
      for (const [what, body] of [["right", make.right], ...make.wrong] as const) {
        const { evidence } = await ground.prove(version, sourceOf(make, name, body), "incorrect");
        const masked = evidence.summary.warnings.some((warning) => warning.id === "masked");
        trials.push({
          tool: name,
          right: what === "right",
          what,
          verdict: evidence.verdict,
          masked,
        });
      }
    }
  }
  return trials;
}

/** Calls before and after the drift; half of the wrong answers marked, at chance. */
function callsOf(make: Make, seed: number, share: number): RecordedCall[] {
  const random = seededRandom(seed);
  return Array.from({ length: CALLS }, () => {
    const input = make.input(random);
    const drifted = random() < share;
    const upstream = make.upstream(input, drifted);
    const answer = make.answer(input, upstream);
    const marked = drifted && random() < 0.5 && !(make.name === "display_name");
    return { input, upstream, ...(marked ? { right: { result: answer } } : {}) };
  });
}

function sourceOf(make: Make, name: string, body: string): string {
  const sample = make.input(() => 0.5);
  const properties = Object.fromEntries(Object.entries(sample).map(([key, value]) => [key, { type: typeof value }]));
  const random = seededRandom(5);
  const cases = [false, false, true].map((drifted, index) => {
    const input = make.input(random);
    const upstream = make.upstream(input, drifted);
    const answer = make.answer(input, upstream);
    const kind = make.permissions === KV ? "kv.get" : "fetch";
    const response = kind === "fetch" ? { status: 200, headers: {}, body: JSON.stringify(upstream) } : upstream;
    const expected = upstream === null ? { shouldThrow: String(answer) } : { expectedOutput: { result: answer } };
    return { description: `case ${index + 1}`, input, ...expected, effects: [{ kind, response }] };
  });
  const type = typeof make.answer(sample, make.upstream(sample, false));
  return `// @ts-nocheck
import { defineTool, ToolError } from "whetstone";

export default defineTool({
  name: "${name}",
  description: "Looks something up",
  inputSchema: ${JSON.stringify({ type: "object", required: Object.keys(sample), properties })},
  outputSchema: ${JSON.stringify({ type: "object", required: ["result"], properties: { result: { type } } })},
  characteristics: { idempotent: ${make.idempotent}, sideEffects: [], safeForShadowTesting: ${make.idempotent}, requiresMocking: ["upstream"], testDataAvailable: true },
  permissions: { ${make.permissions} },
  testCases: ${JSON.stringify(cases)},
  async run(input, ctx) {
    ${body}
  },
});
`;
}
