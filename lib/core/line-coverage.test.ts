import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countLines, instrument, unexecuted, unexecutedShare } from "./line-coverage.ts";
import { compileModule } from "./module-rules.ts";

const TOOLS = new URL("../../tools/", import.meta.url);

const tool = (body: string, before = ""): string => `import { defineTool, ToolError } from "whetstone";
${before}
export default defineTool({
  name: "probe", description: "", inputSchema: {}, outputSchema: {},
  characteristics: { idempotent: true, sideEffects: [], safeForShadowTesting: true, requiresMocking: [], testDataAvailable: false },
  permissions: { network: [], kv: "none", secrets: [] },
  run(input: any) {
${body}
  },
});
void ToolError;
`;

/** Evaluates a tool's source as a worker does, without the sandbox. */
async function passed(source: string, input: unknown): Promise<number[]> {
  const made = instrument(source);
  if (made === null) throw new Error("not instrumented");
  const compiled = compileModule("probe", made.source);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.faults));
  const exported: { d?: { run(input: unknown, ctx: object): Promise<number[]> } } = {};
  const whetstone = { defineTool: (definition: unknown) => definition, ToolError: Error };
  new Function("__w", "__e", compiled.factory)(whetstone, exported);
  return (await exported.d?.run(input, {})) ?? [];
}

const FIRST = 8;

describe("instrument", () => {
  it.each([
    ["one branch", 'if (input > 0) return "a";\nreturn "b";', 1, [FIRST]],
    ["the other", 'if (input > 0)\n  return "a";\nreturn "b";', 0, [FIRST, FIRST + 2]],
    ["a loop without a block", "let sum = 0;\nfor (const x of [1, 2])\n  sum += x;\nreturn sum;", 0, [8, 9, 10, 11]],
    [
      "else if",
      "if (input === 1) {\n  return 1;\n} else if (input === 2)\n  return 2;\nelse\n  return 3;",
      2,
      [8, 10, 11],
    ],
    ["a switch", "switch (input) {\n  case 1:\n    return 1;\n  default:\n    return 2;\n}", 1, [8, 10]],
    ["arrows", "return [1].map((x) => ({\n  x,\n})).map((y) =>\n  y.x);", 0, [8, 11]],
    ["what comes before an exception", "input.deep.er;\nreturn 1;", {}, [8]],
    ["a catch", "try {\n  throw new Error();\n} catch {\n  return 1;\n} finally {\n  void 0;\n}", 0, [8, 9, 11, 13]],
    ["a label", "out:\nfor (;;) {\n  break out;\n}\nreturn 1;", 0, [8, 10, 12]],
  ])("notes %s", async (_, body, input, lines) => {
    const after = FIRST + body.split("\n").length;
    const noted = (await passed(tool(body), input)).filter((line) => line >= FIRST && line < after);
    expect(noted.sort((one, other) => one - other)).toEqual(lines);
  });

  it("notes functions and constants of the module", async () => {
    const before = "const RATE = 2;\nfunction twice(x: number): number {\n  return x * RATE;\n}";
    const lines = await passed(tool("return twice(input);", before), 2);
    expect(lines).toEqual(expect.arrayContaining([2, 4, 11]));
  });

  it("notes what postconditions look at, on the input as it was given", async () => {
    const check =
      'postconditions: [{ description: "", check: (input, output) =>\n  input.a === 1 && output.a === 2 &&\n  [output].every((x) =>\n    x.a) }],';
    const source = tool("input.a = 2;\nreturn input;").replace("  run(", `${check}\n  run(`);
    expect(await passed(source, { a: 1 })).toEqual(expect.arrayContaining([8, 10, 12, 13]));
    // One that throws is a broken postcondition, and no line of it is lost.
    expect(await passed(source.replace("x.a)", "x.a.b.c)"), { a: 1 })).toEqual(expect.arrayContaining([8, 10]));
  });

  it("keeps every sample tool within the module rules, line by line", () => {
    const files = readdirSync(TOOLS).filter((file) => /^[a-z_]+\.ts$/.test(file));
    expect(files.length).toBeGreaterThanOrEqual(10);
    for (const file of files) {
      const source = readFileSync(new URL(file, TOOLS), "utf8");
      const made = instrument(source);
      expect(made, file).not.toBeNull();
      if (made === null) continue;
      expect(compileModule(file.slice(0, -3), made.source), file).toMatchObject({ ok: true });
      expect(made.source.split("\n").length).toBe(source.split("\n").length);
      expect(made.lines.length).toBeGreaterThan(0);
    }
  });

  it("leaves a source alone that uses its names", () => {
    expect(instrument(tool("const __lines = 1;\nreturn __lines;"))).toBeNull();
  });
});

describe("unexecutedShare", () => {
  it("looks at the lines that were added alone", () => {
    expect(unexecutedShare("a\nb\n", "a\nx\ny\nb\n", [0, 3, 0, 0])).toBe(0.5);
    expect(unexecutedShare("a\nb\n", "a\nx\nb\n", [0, null, 0])).toBe(0);
    expect(unexecutedShare("a\n", "a\n", [0])).toBe(0);
  });
  it("lies between 0 and 1 whatever the sources, and is 0 where every line was passed", () => {
    const lines = fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 12 });
    fc.assert(
      fc.property(lines, lines, fc.array(fc.option(fc.nat(3)), { maxLength: 14 }), (before, after, counts) => {
        const texts = [before.join("\n"), after.join("\n")] as const;
        const share = unexecutedShare(...texts, counts);
        expect(share).toBeGreaterThanOrEqual(0);
        expect(share).toBeLessThanOrEqual(1);
        expect(
          unexecutedShare(
            ...texts,
            after.map(() => 1),
          ),
        ).toBe(0);
      }),
    );
  });
});

describe("countLines and unexecuted", () => {
  it("counts a run once a line and finds what nobody passed", () => {
    const source = "a\nb\nc\nd\ne\nf";
    const made = { source, lines: [1, 2, 4, 6] };
    const counts = countLines(source, made, [[1, 1, 2], [1, 99, "x"], "no list", null]);
    expect(counts).toEqual([2, 1, null, 0, null, 0]);
    expect(unexecuted(counts)).toEqual([{ from: 4, to: 6 }]);
    expect(unexecuted([0, 1, 0, null])).toEqual([
      { from: 1, to: 1 },
      { from: 3, to: 3 },
    ]);
  });
});
