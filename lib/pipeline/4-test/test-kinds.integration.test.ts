import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { machine } from "#lib/core/actor.ts";
import { LARGEST_SOURCE } from "#lib/core/module-rules.ts";
import type { Effect } from "#lib/core/tool.ts";
import type { Version } from "#lib/core/version.ts";
import { DEFAULT_LIMITS } from "#lib/ports/sandbox.ts";
import {
  CALCULATOR,
  call,
  install,
  openTestRoom,
  RIGHT,
  sandbox,
  store,
  TOOLS,
  testOf,
  WEATHER,
} from "./test-room.fixture.ts";

openTestRoom();

describe("a tool whose answers are wrong", () => {
  const BILL = readFileSync(join(TOOLS, "split_bill.ts"), "utf8");
  const FAIR =
    "const cents = Math.round(total * 100);\n    const low = Math.floor(cents / people);\n    const extra = cents - low * people;";
  const fixed = (text: string) =>
    text
      .replace("const share = Math.round((total / people) * 100) / 100;", FAIR)
      .replace("(_, index) => share", "(_, index) => index")
      .replace("() => share)", "(_, index) => (low + (index < extra ? 1 : 0)) / 100)");

  it("passes the fix that gives the right answer where it is known and changes nothing else", async () => {
    const { version } = await install(BILL, "split_bill");
    for (let people = 1; people <= 64; people += 1) await call(version, { amount: people * 3, people });
    const wrong = await call(version, { amount: 100, people: 3 });
    expect(wrong.output).toEqual({ total: 100, shares: [33.33, 33.33, 33.33] });
    const right = { total: 100, shares: [33.34, 33.33, 33.33] };
    const said = { executionId: wrong.id, tool: version.tool, correct: false, expectedOutput: right };
    await store.database.executions.addFeedback(said, machine("test"));
    const evidence = await testOf(version, fixed(version.source), { purpose: "incorrect" });
    expect(evidence).toMatchObject({
      verdict: "passed",
      strategyUsed: "replay",
      summary: { targets: { total: 1, met: 1 } },
    });
    expect(evidence.summary.counts.corrected).toBe(1);
    const worse = version.source.replace("Math.round((total", "Math.floor((total");
    expect(await testOf(version, worse, { purpose: "incorrect" })).toMatchObject({ verdict: "failed" });
  });

  it("asks about a value that nothing confirms, and takes the word of a saved case", async () => {
    const { version } = await install(BILL, "split_bill");
    const wrong = await call(version, { amount: 100, people: 3 });
    const { executions } = store.database;
    await executions.addFeedback({ executionId: wrong.id, tool: version.tool, correct: false }, machine("test"));
    const open = await testOf(version, fixed(version.source), { purpose: "incorrect" });
    expect(open).toMatchObject({ verdict: "inconclusive", summary: { counts: { unconfirmed: 1 } } });
    expect(open.summary.wouldSettle).toEqual(["Confirm this value, or give the right one."]);
    const [first] = await store.database.proposals.evidenceCases(open.id);
    const saved = { tool: version.tool, description: "fair", input: wrong.input, effects: [], executionId: wrong.id };
    await executions.addCase({ ...saved, expectedOutput: first?.new.output ?? null }, machine("test"));
    const settled = await testOf(version, fixed(version.source), { purpose: "incorrect" });
    expect(settled).toMatchObject({ verdict: "passed", strategyUsed: "synthetic" });
    expect(settled.summary.counts.corrected).toBe(1);
  });
});

/** A candidate as a change of the base's text, what is said of it, and what stands on the line that is named. */
type Refusal = readonly [what: string, change: (text: string) => string, message: RegExp, line: string];

const narrower = (text: string) =>
  text
    .replace('required: ["operation", "a", "b"]', 'required: ["operation", "a", "b", "c"]')
    .replace("a: { type:", 'c: { type: "number" },\n      a: { type:');

const REFUSALS: readonly Refusal[] = [
  [
    "what does not parse",
    (text) => text.replace("switch (operation) {", "switch (operation {"),
    /expected/,
    "switch (",
  ],
  ["an import", (text) => `import fs from "node:fs";\n${text}`, /"node:fs" cannot be imported/, "node:fs"],
  ["no tool", () => "const x = 1;", /export default/, "const x = 1;"],
  ["a file too large", (text) => `${text}//${"x".repeat(LARGEST_SOURCE)}`, /characters; a tool may have/, "import"],
  [
    "another name",
    (text) => text.replace(/name: "calculator_\d+"/, 'name: "other"'),
    /^Line \d+: The tool is named "other", and must keep the name "calculator_\d+"\.$/,
    'name: "other"',
  ],
  [
    "a name that is computed",
    (text) => text.replace(/name: ("calculator_\d+")/, 'name: [$1, "x"].join("")'),
    /It is named "calculator_\d+x"/,
    "name: [",
  ],
  [
    "wrong types",
    (text) => text.replace("result: a + b", 'result: "three"'),
    /It returns \{ result: string; \}, which does not fit the outputSchema\.$/,
    'result: "three"',
  ],
  [
    "an exception at load",
    (text) => text.replace("export default", 'const x = (() => { throw new Error("at load"); })();\nexport default'),
    /It does not load in the sandbox: at load/,
    "at load",
  ],
  [
    "a part of the definition that is wrong",
    (text) => `// @ts-nocheck\n${text.replace(/idempotent: true/, 'idempotent: "yes"')}`,
    /not right at characteristics\.idempotent/,
    'idempotent: "yes"',
  ],
  [
    "a part of the definition that is no JSON",
    (text) =>
      text
        .replace("idempotent: true", "idempotent: true,\n    count: 1 / 0")
        .replace("import", "// @ts-nocheck\nimport"),
    /characteristics\/count is Infinity/,
    "count: 1 / 0",
  ],
  ["a newly required member", narrower, /"c" of the input is required on one side only/, '"b", "c"]'],
  [
    "a narrower member",
    (text) => text.replace("a: { type:", "a: { minimum: 0, type:"),
    /^Line \d+: The input schema is narrower than before: "a" of the input has another "minimum"\.$/,
    "minimum: 0",
  ],
  [
    "a wider answer",
    (text) => text.replace('result: { type: "number" }', 'result: { type: ["number", "null"] }'),
    /The output schema is wider than before: "result" of the output may be null/,
    '["number", "null"]',
  ],
  [
    "wider permissions",
    (text) => text.replace("network: []", 'network: ["evil.example"]'),
    /asks for more network: evil\.example: only a person may widen/,
    "evil.example",
  ],
  [
    "a host that no request could reach",
    (text) => text.replace("network: []", 'network: ["https://x.example/"]'),
    /^Line \d+: permissions\.network names "https:\/\/x\.example\/", which is no host: write "x\.example"\.$/,
    "https://x.example/",
  ],
  [
    "a base case gone",
    (text) => text.replace(/\{ description: "adds".*\n/, "\n"),
    /"adds" is missing or changed/,
    "testCases",
  ],
  [
    "a base case that asks for something else",
    (text) => text.replace(/(description: "adds".*result: )\d+/, "$14"),
    /"adds" is missing or changed/,
    'description: "adds"',
  ],
  [
    "a postcondition that the base does not have",
    (text) => text.replace("  run(", '  postconditions: [{ description: "any", check: () => true }],\n  run('),
    /The postconditions changed/,
    "postconditions:",
  ],
];

describe("validation", () => {
  it.each(REFUSALS)("refuses %s before anything runs, and names the line", async (_, change, message, text) => {
    const { version } = await install(CALCULATOR, "calculator");
    const source = change(version.source);
    expect(source).not.toBe(version.source);
    const evidence = await testOf(version, source);
    expect(evidence.verdict).toBe("failed");
    const [first = ""] = evidence.summary.validationErrors;
    expect(first).toMatch(message);
    const line = Number(/^Line (\d+): /.exec(first)?.[1]);
    expect(source.split("\n")[line - 1], first).toContain(text);
    expect(evidence.headline).toContain("refused before anything ran");
  });

  it("lets a person widen permissions, in red", async () => {
    const { version, rename } = await install(CALCULATOR, "calculator");
    const wider = rename(RIGHT).replace("network: []", 'network: ["a.example"]');
    const evidence = await testOf(version, wider, { origin: "person" });
    expect(evidence.summary.validationErrors).toEqual([]);
    expect(evidence.summary.changes).toMatchObject({ widened: true, permissions: ["more network: a.example"] });
    expect(evidence.summary.warnings).toContainEqual(
      expect.objectContaining({ id: "permissions-widened", mustAcknowledge: true }),
    );
  });
});

describe("a tool with effects", () => {
  const SEARCH = "https://geocoding-api.open-meteo.com/v1/search?count=1&name=Lisbon";
  const answer = (body: unknown, url: string | null, call_: number): Effect => ({
    call: call_,
    kind: "fetch",
    request: url === null ? {} : { url, method: "GET" },
    response: { status: 200, headers: {}, body: JSON.stringify(body) },
    startedMs: 0,
    endedMs: 1,
  });

  it("answers the effects that a case states, and refuses what no case states", async () => {
    const { version } = await install(WEATHER, "current_weather");
    const evidence = await testOf(
      version,
      version.source.replace('kind: "fetch"', 'kind: "fetch"').replace("let ", "let "),
      {
        purpose: "other",
      },
    );
    expect(evidence.summary.baseCases).toEqual({ total: 2, passed: 2 });
    expect(evidence).toMatchObject({ verdict: "passed", strategyUsed: "synthetic" });
  });

  it("is repaired by a refusal that reads the answer first, and diverges where it asks for more", async () => {
    const { version } = await install(WEATHER, "current_weather");
    const journal = [answer({}, SEARCH, 0)];
    const failing = await call(version, { place: "Lisbon" }, await requested(version, journal));
    expect(failing.status).toBe("failed");
    const fixed = version.source.replace(
      "const { name, country, latitude, longitude } = results[0]!;",
      'if (results === undefined) throw new ToolError("unknown_place", "No such place");\n    const { name, country, latitude, longitude } = results[0]!;',
    );
    const refused = await testOf(version, fixed);
    expect(refused.summary.counts.handled).toBe(1);
    expect(refused).toMatchObject({
      verdict: "inconclusive",
      headline: expect.stringContaining("no case asks for the refusal"),
    });
    const asking = await testOf(
      version,
      version.source.replace(
        "const { results }",
        "await get('https://api.open-meteo.com/v1/more');\n    const { results }",
      ),
    );
    expect(asking.summary.counts.diverged).toBe(1);
  });

  /** The journal with the requests in the very form that the sandbox records. */
  async function requested(version: Version, journal: Effect[]): Promise<Effect[]> {
    const { tool, source, hash, manifest } = version;
    const result = await sandbox.run({
      module: { name: tool, source, hash },
      manifest,
      input: { place: "Lisbon" },
      limits: DEFAULT_LIMITS,
      effects: { mode: "live", perform: async () => journal[0]?.response ?? null },
    });
    return [...result.effects];
  }
});
