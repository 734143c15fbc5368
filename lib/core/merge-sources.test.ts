import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { textWith } from "./merge.ts";
import { mergeSources } from "./merge-sources.ts";
import { leavesOf, readMergeTree } from "./merge-tree.ts";
import { sameSyntax } from "./same-syntax.ts";

const BASE = `import { defineTool, ToolError } from "whetstone";

// Rounds to cents.
function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function total(lines: number[]): number {
  let sum = 0;
  for (const line of lines) sum += line;
  return round(sum);
}

export default defineTool({
  name: "invoice",
  description: "Adds up",
  testCases: [{ description: "adds", input: { lines: [1] }, expectedOutput: { total: 1 } }],
  run({ lines }) {
    return { total: total(lines) };
  },
});
`;

const merge = (disk: string, database: string, base = BASE) => mergeSources({ base, disk, database });
const edited = (...changes: [string, string][]): string => {
  let text = BASE;
  for (const [from, to] of changes) {
    expect(text).toContain(from);
    text = text.replace(from, to);
  }
  return text;
};

describe("mergeSources", () => {
  it("leaves to the lines what lines can do", () => {
    const merged = merge(edited(["Adds up", "Adds it up"]), edited(["let sum = 0", "let sum = 1"]));
    expect(merged.by).toBe("lines");
    expect(merged.text).toBe(edited(["Adds up", "Adds it up"], ["let sum = 0", "let sum = 1"]));
  });

  it("puts edits of one line together that touch different parts of it", () => {
    const merged = merge(
      edited(["return Math.round(value * 100) / 100;", "return Math.trunc(value * 100) / 100;"]),
      edited(["return Math.round(value * 100) / 100;", "return Math.round(value * 1000) / 100;"]),
    );
    expect(merged).toMatchObject({
      by: "syntax",
      text: edited(["return Math.round(value * 100) / 100;", "return Math.trunc(value * 1000) / 100;"]),
    });
  });

  it("keeps the edit of a function that the other side moved", () => {
    const round = BASE.slice(BASE.indexOf("// Rounds"), BASE.indexOf("function total"));
    const moved = BASE.replace(round, "").replace("export default", `${round}export default`);
    const merged = merge(moved, edited(["/ 100;", "/ 100 + 0;"]));
    expect(merged.by).toBe("syntax");
    expect(merged.text).toBe(moved.replace("/ 100;", "/ 100 + 0;"));
  });

  it("takes in what both put in at one place, where order says nothing: imports, functions, properties, cases", () => {
    const merged = merge(
      edited(
        ["ToolError }", "ToolError, type Context }"],
        ["function total", "function left() {\n  return 1;\n}\n\nfunction total"],
        ['"Adds up",', '"Adds up",\n  owners: ["billing"],'],
        ["{ total: 1 } }]", '{ total: 1 } }, { description: "left", input: {} }]'],
      ),
      edited(
        ["ToolError }", "ToolError, type Input }"],
        ["function total", "function right() {\n  return 2;\n}\n\nfunction total"],
        ['"Adds up",', '"Adds up",\n  latencyBudgetMs: 5,'],
        ["{ total: 1 } }]", '{ total: 1 } }, { description: "right", input: {} }]'],
      ),
    );
    expect(merged.text).toContain("ToolError, type Context, type Input }");
    expect(merged.text).toContain(
      "function left() {\n  return 1;\n}\n\nfunction right() {\n  return 2;\n}\n\nfunction total",
    );
    expect(merged.text).toContain('owners: ["billing"],\n  latencyBudgetMs: 5,');
    expect(merged.text).toContain('{ description: "left", input: {} }, { description: "right", input: {} }]');
  });

  it("carries an edit into a block that the other side put deeper", () => {
    const merged = merge(
      edited([
        "  for (const line of lines) sum += line;\n",
        "  if (lines.length > 0) {\n    for (const line of lines) sum += line;\n  }\n",
      ]),
      edited(["function total(lines: number[])", "function total(lines: readonly number[])"]),
    );
    expect(merged.text).toContain("lines: readonly number[]");
    expect(merged.text).toContain("    for (const line of lines) sum += line;\n  }\n");
  });

  it("asks a person where order matters, where one took out what the other edited, where a comment would be lost", () => {
    const at = "  let sum = 0;\n";
    expect(merge(edited([at, `${at}  sum += 1;\n`]), edited([at, `${at}  sum *= 2;\n`])).text).toBeNull();
    expect(
      merge(edited(["  for (const line of lines) sum += line;\n", ""]), edited(["sum += line", "sum -= line"])).text,
    ).toBeNull();
    expect(
      merge(edited(["// Rounds to cents.", "// To cents."]), edited(["// Rounds to cents.", "// Cents."])).text,
    ).toBeNull();
    expect(merge(edited(["value * 100)", "value * 10)"]), edited(["value * 100)", "value * 7)"])).text).toBeNull();
  });

  it("does not take a name away from those who use it", () => {
    // One side renames, the other uses the old name on the next line: clean by place, broken by meaning.
    const merged = merge(
      edited(["let sum = 0;", "let all = 0;"], ["sum += line", "all += line"], ["round(sum)", "round(all)"]),
      edited(["let sum = 0;\n", "let sum = 0;\n  sum += 0;\n"]),
    );
    expect(merged.text).toBeNull();
  });

  it("shows the smallest conflict it can, and each side of it can be taken", () => {
    const merged = merge(
      edited(["Math.round(value", "Math.ceil(value"], ["let sum = 0", "let sum = 1"]),
      edited(["Math.round(value", "Math.floor(value"], ["let sum = 0;", "let sum = 0; // cents"]),
    );
    expect(merged.text).toBeNull();
    expect(merged.regions.filter(({ kind }) => kind === "conflict")).toHaveLength(1);
    const taken = textWith(merged.regions, ({ disk }) => disk);
    expect(taken).toContain("Math.ceil(value");
    expect(taken).toContain("let sum = 1; // cents");
  });

  it("does not hand out what lines put together to something that does not parse", () => {
    const base = "const a = 1;\nconst b = 2;\nconst c = 3;\nconst d = 4;\nconst e = 5;\n";
    const disk = base.replace("const a = 1;", "const a = [1,").replace("const c = 3;", "3];");
    const parsed = mergeSources({ base, disk: disk.replace("const b = 2;\n", ""), database: base });
    expect(parsed.text).toContain("const a = [1,");
    const whole = mergeSources({
      base,
      disk: base.replace("const a = 1;\n", "const a = `\n").replace("const b = 2;\n", "`;\n"),
      database: base.replace("const e = 5;\n", "const e = `5`;\n"),
    });
    expect(whole.text === null || readMergeTree(whole.text, "ts") !== null).toBe(true);
  });
});

/** A source of parts that can be told apart: each has a number of its own. */
type Part = { readonly id: number; readonly value: number };
type Model = {
  readonly functions: readonly Part[];
  readonly properties: readonly Part[];
  readonly steps: readonly Part[];
};

const write = ({ functions, properties, steps }: Model): string =>
  [
    ...functions.map(
      ({ id, value }) => `function f${id}(input: number): number {\n  return input + ${value} * ${1000 + id};\n}\n`,
    ),
    "export const settings = {",
    ...properties.map(({ id, value }) => `  p${id}: [${value}, ${2000 + id}],`),
    "};\n",
    "export function run(): void {",
    ...steps.map(({ id, value }) => `  step(${value}, ${3000 + id});`),
    "}\n",
  ].join("\n");

type Edit = {
  readonly list: keyof Model;
  readonly kind: "add" | "drop" | "change" | "move";
  readonly at: number;
  readonly to: number;
};
const edits = fc.array(
  fc.record<Edit>({
    list: fc.constantFrom("functions", "properties", "steps"),
    kind: fc.constantFrom("add", "drop", "change", "move"),
    at: fc.nat(9),
    to: fc.nat(9),
  }),
  { maxLength: 4 },
);

function apply(model: Model, changes: readonly Edit[], fresh: number): Model {
  const next = { functions: [...model.functions], properties: [...model.properties], steps: [...model.steps] };
  changes.forEach(({ list, kind, at, to }, index) => {
    const parts = next[list];
    const place = at % (parts.length + 1);
    const part = parts[place];
    if (kind === "add") parts.splice(place, 0, { id: fresh + index, value: fresh + index });
    else if (part === undefined) return;
    else if (kind === "change") parts[place] = { ...part, value: fresh + 100 + index };
    else parts.splice(place, 1);
    if (kind === "move" && part !== undefined) parts.splice(to % (parts.length + 1), 0, part);
  });
  return next;
}

const START: Model = {
  functions: [1, 2, 3, 4].map((id) => ({ id, value: id })),
  properties: [11, 12, 13, 14].map((id) => ({ id, value: id })),
  steps: [21, 22, 23, 24].map((id) => ({ id, value: id })),
};
const LISTS = ["functions", "properties", "steps"] as const;

it("finds a statement that was edited among others that moved, and asks where the other side took it out", () => {
  const text = (steps: readonly [value: number, id: number][]): string =>
    `export default {\n  run() {\n${steps.map(([value, id]) => `    step(${value}, 30${id});\n`).join("")}  },\n};\n`;
  const base = text([21, 22, 23, 24].map((id) => [id, id]));
  const disk = text([22, 23, 24].map((id) => [id, id]));
  const moved: [number, number][] = [
    [23, 23],
    [601, 21],
    [22, 22],
  ];
  expect(mergeSources({ base, disk, database: text(moved) }).text).toBeNull();
});

describe("the merge, as a rule", () => {
  it("reads any source byte for byte", () => {
    fc.assert(
      fc.property(edits, (changes) => {
        const text = write(apply(START, changes, 50));
        const tree = readMergeTree(text, "ts");
        expect(
          tree === null
            ? null
            : leavesOf(tree)
                .map(({ raw }) => raw)
                .join(""),
        ).toBe(text);
      }),
    );
  });

  it("loses no edit: what a side added, changed or took out is so in every clean result, which parses", () => {
    let clean = 0;
    fc.assert(
      fc.property(edits, edits, (left, right) => {
        const [one, other] = [apply(START, left, 100), apply(START, right, 500)];
        const [base, disk, database] = [START, one, other].map(write) as [string, string, string];
        const merged = mergeSources({ base, disk, database });
        // Lines know no moves: to them, what swapped places went and came again. There git's answer stands.
        if (merged.by === "lines" && [...left, ...right].some(({ kind }) => kind === "move")) return;
        if (merged.text === null) return;
        clean += 1;
        expect(readMergeTree(merged.text, "ts")).not.toBeNull();
        for (const list of LISTS) {
          const before = new Map(START[list].map(({ id, value }) => [id, value]));
          const sides = [one, other].map((model) => new Map(model[list].map(({ id, value }) => [id, value])));
          for (const id of new Set([...before.keys(), ...sides.flatMap((side) => [...side.keys()])])) {
            const was = before.get(id);
            const now = sides.map((side) => side.get(id));
            const want = now.find((value) => value !== was) ?? (now.includes(undefined) ? undefined : was);
            const mark = { functions: 1000, properties: 2000, steps: 3000 }[list] + id;
            const lines = merged.text.split("\n").filter((line) => line.includes(`${mark}`));
            expect(lines).toHaveLength(want === undefined ? 0 : 1);
            if (want !== undefined) expect(lines[0]).toMatch(new RegExp(`\\b${want}\\b`));
          }
        }
      }),
      { numRuns: 300 },
    );
    expect(clean).toBeGreaterThan(40);
  });

  it("takes the changed side where the other did not change, and says the same whichever side is which", () => {
    fc.assert(
      fc.property(edits, edits, (left, right) => {
        const [disk, database] = [write(apply(START, left, 100)), write(apply(START, right, 500))];
        const base = write(START);
        expect(mergeSources({ base, disk, database: base }).text).toBe(disk);
        expect(mergeSources({ base, disk: base, database }).text).toBe(database);
        const one = mergeSources({ base, disk, database });
        const other = mergeSources({ base, disk: database, database: disk });
        expect(other.text === null).toBe(one.text === null);
        if (one.text !== null && other.text !== null) expect(tokens(other.text)).toEqual(tokens(one.text));
      }),
    );
  });

  it("tells layout, comments, semicolons and quotes from meaning", () => {
    expect(sameSyntax("const a = 'x'", 'const  a = "x"; // why', "ts")).toBe(true);
    expect(sameSyntax("const a = 1", "let a = 1", "ts")).toBe(false);
    expect(sameSyntax("a + b", "a - b", "ts")).toBe(false);
    expect(sameSyntax("!a", "~a", "ts")).toBe(false);
    expect(sameSyntax("a(", "a(", "ts")).toBe(false);
  });
});

function tokens(text: string): string[] {
  const tree = readMergeTree(text, "ts");
  return tree === null
    ? []
    : leavesOf(tree)
        .map((leaf) => leaf.text)
        .sort();
}
