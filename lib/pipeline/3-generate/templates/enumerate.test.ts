import { readFile } from "node:fs/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json } from "#lib/core/json.ts";
import { enumerate, TEMPLATES } from "./enumerate.ts";
import type { Failure, Hints, Repair } from "./repair.ts";
import { parses } from "./syntax.ts";

function toolOf(body: string, parameters = "input, ctx", head = 'import { defineTool } from "whetstone";'): string {
  return `${head}\n\nexport default defineTool({\n  name: "t",\n  testCases: [{ input: { a: 1 / 2 } }],\n  async run(${parameters}) {\n${body}\n  },\n});\n`;
}

function hints(change: Partial<Hints> = {}): Hints {
  return { failures: [], passing: [], refusals: [], answers: [], inputSchema: {}, ...change };
}

function failing(input: Json, errorName: string, message: string, ...lines: number[]): Failure {
  return { errorName, message, lines, input };
}

function of(template: string, source: string, given: Hints): Repair[] {
  return enumerate(source, given).filter((repair) => repair.template === template);
}

const notJson = (input: Json) => failing(input, "OutputNotJson", "result is Infinity");

describe("guard a zero divisor", () => {
  const given = hints({ failures: [notJson({ a: 1, b: 0 })], refusals: [{ code: "no_zero", input: { a: 3, b: 0 } }] });
  it("stands directly before the division, imports ToolError, and takes the code that a case asks for", () => {
    const source = toolOf("    const { a, b } = input;\n    return { result: a / b };");
    const [first] = enumerate(source, given);
    expect(first?.template).toBe("guard a zero divisor");
    expect(first?.source).toBe(
      source
        .replace("{ defineTool }", "{ defineTool, ToolError }")
        .replace(
          "    return {",
          '    if (b === 0) throw new ToolError("no_zero", "Cannot divide by zero: b is 0");\n    return {',
        ),
    );
  });
  it("takes the standard word where no case asks for another", () => {
    const [first] = enumerate(
      toolOf("    return { r: input.a % input.b };"),
      hints({ failures: [notJson({ a: 1, b: 0 })] }),
    );
    expect(first?.source).toContain('if (input.b === 0) throw new ToolError("division_by_zero"');
  });
  it("keeps the condition that leads to a division inside an expression", () => {
    const [first] = enumerate(toolOf('    return { r: input.op === "div" ? input.a / input.b : 0 };'), given);
    expect(first?.source).toContain('if (input.op === "div" && input.b === 0) throw');
  });
  it("gives branches and arrows without a block one", () => {
    const branch = enumerate(
      toolOf("    if (input.op) return { r: input.a / input.b };\n    return { r: 0 };"),
      given,
    )[0];
    expect(branch?.source).toContain("if (input.op) {\n      if (input.b === 0) throw");
    const arrow = enumerate(
      toolOf("    const f = (x: number, y: number) => x / y;\n    return { r: f(input.a, input.b) };"),
      given,
    )[0];
    expect(arrow?.source).toMatch(/=> \{\n +if \(y === 0\) throw .*\n +return x \/ y;\n +\};/);
    for (const repair of [branch, arrow]) expect(parses(repair?.source ?? "(")).toBe(true);
  });
  it("calls a mean of nothing an empty list", () => {
    const [first] = enumerate(
      toolOf("    return { mean: input.xs.reduce((s: number, x: number) => s + x, 0) / input.xs.length };"),
      hints({ failures: [notJson({ xs: [] })] }),
    );
    expect(first?.source).toContain('if (input.xs.length === 0) throw new ToolError("empty_list"');
  });
  it("keeps the file's quotes, tabs, line ends and missing semicolons", () => {
    const source =
      "import { defineTool } from 'whetstone'\r\n\r\nexport default defineTool({\r\n\trun({ a, b }) {\r\n\t\treturn { r: a / b }\r\n\t},\r\n})\r\n";
    const [first] = enumerate(source, given);
    expect(first?.source).toContain(
      "\t\tif (b === 0) throw new ToolError('no_zero', 'Cannot divide by zero: b is 0')\r\n\t\treturn",
    );
    expect(first?.source).not.toMatch(/[^\r]\n/);
  });
  it("leaves divisors alone that cannot be zero, and test cases", () => {
    expect(of("guard a zero divisor", toolOf("    return { r: input.a / 2 };"), given)).toEqual([]);
  });
});

describe("guard a missing value", () => {
  const missing = (input: Json, member: string, line: number) =>
    failing(input, "TypeError", `Cannot read properties of undefined (reading '${member}')`, line);
  it("refuses before the member that the failure names, on the failure's line", () => {
    const source = toolOf("    const other = input.other.length;\n    return { n: input.address.city.length, other };");
    const [first] = enumerate(source, hints({ failures: [missing({ other: "x" }, "city", 8)] }));
    expect(first?.source).toContain(
      '    if (input.address == null) throw new ToolError("missing_field", "input.address is missing");\n    return',
    );
  });
  it("sees members that are taken apart or indexed", () => {
    const body =
      "    const { results } = JSON.parse(input.body);\n    const { name } = results[0];\n    return { name };";
    const given = hints({ failures: [missing({ body: "{}" }, "0", 8)] });
    expect(of("guard a missing value", toolOf(body), given)[0]?.source).toContain("if (results == null) throw");
    const typed = hints({
      failures: [
        failing(
          { body: "{}" },
          "TypeError",
          "Cannot destructure property 'name' of 'results[0]' as it is undefined.",
          8,
        ),
      ],
    });
    expect(of("guard a missing value", toolOf(body), typed)[0]?.source).toContain("if (results[0] == null) throw");
  });
  it("names what a call found before it guards it", () => {
    const source = toolOf("    return { price: input.rows.find((row: { id: number }) => row.id === input.id).price };");
    const [first] = of(
      "guard a missing value",
      source,
      hints({ failures: [missing({ rows: [], id: 1 }, "price", 7)] }),
    );
    expect(first?.source).toContain("const found = input.rows.find((row: { id: number }) => row.id === input.id);");
    expect(first?.source).toContain("if (found == null) throw new ToolError(");
    expect(first?.source).toContain("return { price: found.price };");
  });
  it("does nothing for other errors", () => {
    expect(of("guard a missing value", toolOf("    return input.a.b;"), hints({ failures: [notJson({})] }))).toEqual(
      [],
    );
  });
});

describe("guard an empty list or text", () => {
  it("refuses before a fold, a first element or a largest of nothing", () => {
    const given = hints({
      failures: [failing({ xs: [] }, "TypeError", "Reduce of empty array with no initial value", 7)],
    });
    for (const body of [
      "    return { r: input.xs.reduce((a: number, b: number) => a + b) };",
      "    return { r: input.xs[0] };",
      "    return { r: Math.max(...input.xs.map((x: number) => x * 2)) };",
    ])
      expect(of("guard an empty list or text", toolOf(body), given)[0]?.source).toContain(
        'if (input.xs.length === 0) throw new ToolError("empty_list", "input.xs is empty");',
      );
  });
});

describe("guard a call's argument", () => {
  it("refuses what a date, a repeat or a rounding cannot take", () => {
    for (const [body, message, condition] of [
      [
        "    return { d: new Date(input.at).toISOString() };",
        "Invalid time value",
        "Number.isNaN(new Date(input.at).getTime())",
      ],
      ['    return { d: "x".repeat(input.n) };', "Invalid count value: -1", "!(input.n >= 0)"],
      [
        "    return { d: (1).toFixed(input.n) };",
        "toFixed() digits argument must be between 0 and 100",
        "!(input.n >= 0 && input.n <= 100)",
      ],
    ] as const) {
      const [first] = of(
        "guard a call's argument",
        toolOf(body),
        hints({ failures: [failing({}, "RangeError", message, 7)] }),
      );
      expect(first?.source).toContain(`if (${condition}) throw new ToolError(`);
    }
  });
  it("turns a text that does not parse into a refusal", () => {
    const source = toolOf("    const rows = JSON.parse(input.text);\n    return { n: rows.length };");
    const [first] = of(
      "guard a call's argument",
      source,
      hints({
        failures: [failing({ text: "{" }, "SyntaxError", "Expected property name", 7)],
        refusals: [{ code: "bad_json", input: { text: "{" } }],
      }),
    );
    expect(first?.source).toMatch(
      /try \{\n\s+rows = JSON\.parse\(input\.text\);\n\s+\} catch \{\n\s+throw new ToolError\("bad_json"/,
    );
    expect(parses(first?.source ?? "(")).toBe(true);
  });
});

describe("guard the input", () => {
  it("refuses what all failing inputs share and no good one has", () => {
    const given = hints({
      failures: [-1, -7].map((quantity) => failing({ quantity, name: "" }, "Error", "stock went below zero", 7)),
      passing: [
        { quantity: 0, name: "" },
        { quantity: 4, name: "b" },
      ],
    });
    const found = of("guard the input", toolOf("    return reserve(input.quantity);"), given);
    expect(found.map(({ source }) => /if \((.*)\) throw/.exec(source)?.[1])).toContain("input.quantity < 0");
    expect(found.every(({ source }) => !source.includes("input.name"))).toBe(true);
  });
  it("stands after the statements that take the input apart", () => {
    const given = hints({
      failures: [failing({ items: [{}] }, "Error", "?", 9)],
      passing: [{ items: [], currency: "EUR" }],
    });
    const found = of(
      "guard the input",
      toolOf("    const { items, currency } = input;\n    return price(items, currency);"),
      given,
    );
    expect(found[0]?.source).toMatch(/= input;\n {4}if \(currency == null\) throw .*\n {4}return price/);
  });
});

describe("edits of what the code computes", () => {
  it.each([
    ["replace an operator", "return { r: input.a + input.b };", "input.a - input.b"],
    ["replace an operator", "return { r: input.a || 5 };", "input.a ?? 5"],
    ["change a comparison", "if (input.n > 10) return 1;", "input.n >= 10"],
    ["change a comparison", "if (input.ok) return 1;", "if (!input.ok)"],
    ["shift by one", "return input.xs.slice(1);", "slice(2)"],
    ["shift by one", "for (let i = 0; i < input.xs.length; i++) sum(i);", "i < input.xs.length - 1"],
    ["swap a call for its kin", "return Math.floor(input.n);", "Math.ceil(input.n)"],
    ["swap a call for its kin", "return input.day.getDay();", "getUTCDay()"],
    ["add a missing await or return", "const v = ctx.kv.get('x'); return v;", "await ctx.kv.get('x')"],
    ["add a missing await or return", "input.a + input.b;", "return input.a + input.b;"],
    ["swap arguments", "return pow(input.a, input.b);", "pow(input.b, input.a)"],
    ["swap arguments", "return input.a - input.b;", "input.b - input.a"],
    ["swap arguments", "return input.part.includes(input.text);", "input.text.includes(input.part)"],
    ["replace a literal", "return { ok: true };", "{ ok: false }"],
    ["replace a literal", "return input.words.join(',');", 'join("")'],
    ["remove a part", "return input.a + input.b - 1;", "return input.a + input.b;"],
    ["remove a part", "return { n: -input.n };", "{ n: input.n }"],
    ["remove a part", "return Math.abs(input.n);", "return input.n;"],
    ["remove a part", "ctx.log('x');\n    return { n: 1 };", "{\n    return { n: 1 };"],
    ["replace a name", "const low = 1; const high = 2; return clamp(low, low);", "clamp(low, high)"],
  ])("%s: %s", (template, body, wanted) => {
    const found = of(template, toolOf(`    ${body}`), hints());
    expect(found.some(({ source }) => source.includes(wanted))).toBe(true);
    for (const { source } of found) expect(parses(source)).toBe(true);
  });

  it("reads past a missing value only where a right answer is known", () => {
    const source = toolOf("    return { off: input.discount.percent };");
    const failures = [failing({}, "TypeError", "Cannot read properties of undefined (reading 'percent')", 7)];
    expect(of("read past a missing value", source, hints({ failures }))).toEqual([]);
    const known = of(
      "read past a missing value",
      source,
      hints({ failures, answers: [{ input: {}, expected: { off: 0 } }] }),
    );
    expect(known.map(({ source }) => /off: (.*) \};/.exec(source)?.[1])).toContain("(input.discount?.percent ?? 0)");
  });
});

async function sampleSources(): Promise<string[]> {
  const names = ["calculator", "split_bill", "next_delivery_day", "current_weather", "extract_links", "add_note"];
  const folder = new URL("../../../../tools/", import.meta.url);
  return Promise.all(names.map((name) => readFile(new URL(`${name}.ts`, folder), "utf8")));
}

describe("enumerate", () => {
  it("puts what stands on the failure's line first", () => {
    const source = toolOf("    const x = input.a / input.b;\n    const y = input.c / input.d;\n    return { x, y };");
    const given = hints({ failures: [failing({ a: 1, b: 1, c: 1, d: 1 }, "RangeError", "Division by zero", 8)] });
    expect(enumerate(source, given)[0]?.source).toContain("if (input.d === 0)");
  });

  it("never repeats a candidate, gives the source back unchanged elsewhere, and always parses", async () => {
    const sources = await sampleSources();
    fc.assert(
      fc.property(fc.constantFrom(...sources), fc.nat(), fc.nat(120), (source, pick, line) => {
        const found = enumerate(source, hints({ failures: [failing({}, "TypeError", "x is undefined", line)] }));
        expect(new Set(found.map((repair) => repair.source)).size).toBe(found.length);
        const one = found[pick % found.length] as Repair;
        expect(one.source).not.toBe(source);
        expect(parses(one.source)).toBe(true);
        const untouched = /outputSchema: \{[\s\S]*?owners: .*\n/.exec(source)?.[0] ?? "none";
        expect(one.source).toContain(untouched);
      }),
      { numRuns: 60 },
    );
  });

  it("has a plain rationale for every family", () => {
    expect(new Set(TEMPLATES.map(({ name }) => name)).size).toBe(TEMPLATES.length);
    expect(enumerate("export const x = 1;", hints())).toEqual([]);
  });

  it("says what a change does, and never that it worked: no test has run yet", async () => {
    const failures = [
      "RangeError: Invalid time value",
      "SyntaxError: Unexpected token",
      "OutputNotJson: result is NaN",
    ].map((text) => failing({}, text.split(": ")[0] ?? "", text.split(": ")[1] ?? ""));
    const given = hints({ failures, answers: [{ input: {}, expected: {} }] });
    const repairs = (await sampleSources()).flatMap((source) => enumerate(source, given));
    expect(new Set(repairs.map(({ template }) => template)).size).toBeGreaterThan(10);
    const claims = repairs.filter(({ rationale }) =>
      /should|come out|mends|is wrong|in the wrong (place|order)/.test(rationale),
    );
    expect(claims.map(({ rationale }) => rationale)).toEqual([]);
  });
});
