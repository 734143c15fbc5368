import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { createTypeCheck, type TypeCheck } from "./type-check.ts";

const TOOLS = join(import.meta.dirname, "../../../tools");
const calculator = readFileSync(join(TOOLS, "calculator.ts"), "utf8");

describe("type check", () => {
  let typeCheck: TypeCheck;
  beforeAll(() => {
    typeCheck = createTypeCheck();
    typeCheck(calculator);
  });

  it.each(readdirSync(TOOLS).filter((name) => name.endsWith(".ts")))("takes the sample tool %s", (name) => {
    expect(typeCheck(readFileSync(join(TOOLS, name), "utf8"))).toEqual([]);
  });

  it("knows the input by its schema, and says the line", () => {
    const faults = typeCheck(calculator.replace("result: a + b", "result: a.trim()"));
    expect(faults).toHaveLength(1);
    expect(faults[0]?.message).toContain("trim");
    expect(calculator.split("\n")[(faults[0]?.line ?? 0) - 1]).toContain("a + b");
  });

  it("says which return does not fit the output schema, in one sentence", () => {
    const source = calculator.replace("result: a * b", 'result: "many"').replace("result: a - b", "outcome: a - b");
    const faults = typeCheck(source);
    expect(faults.map(({ message }) => message)).toEqual([
      "It returns { outcome: number; }, which does not fit the outputSchema.",
      "It returns { result: string; }, which does not fit the outputSchema.",
    ]);
    const lines = faults.map(({ line }) => source.split("\n")[line - 1]);
    expect(lines).toEqual([expect.stringContaining("outcome: a - b"), expect.stringContaining('"many"')]);
    const nested = calculator.replace("return { result: a + b };", "return { result: [a, b].map((n) => n)[0] ?? 0 };");
    expect(typeCheck(nested)).toEqual([]);
  });

  it.each([
    ["a run that may end without an answer", "return { result: a / b };", "break;", /may end without returning/],
    ["a return of nothing", "return { result: a / b };", "return;", /It returns nothing/],
  ])("says so of %s", (_, from, to, message) => {
    const [fault, ...more] = typeCheck(calculator.replace(from, to));
    expect(fault?.message).toMatch(message);
    expect(more).toEqual([]);
  });

  it("knows an async run by what its promise brings", () => {
    const source = calculator.replace("run({", "async run({");
    expect(typeCheck(source)).toEqual([]);
    expect(typeCheck(source.replace("result: a / b", "result: String(a / b)"))).toEqual([
      { line: expect.any(Number), message: "It returns { result: string; }, which does not fit the outputSchema." },
    ]);
  });

  it("has no part of ctx that the permissions do not grant", () => {
    const source = calculator.replace("run({ operation, a, b })", "run({ operation, a, b }, ctx)");
    expect(typeCheck(source)).toEqual([]);
    expect(typeCheck(source.replace("result: a + b", 'result: Number(ctx.fetch("https://a.example"))'))).not.toEqual(
      [],
    );
  });

  it("leaves the content of test cases to the sandbox, but not a member that no case has", () => {
    expect(typeCheck(calculator.replace('input: { operation: "add", a: 1, b: 2 }', "input: 1n as never"))).toEqual([]);
    const typo = calculator.replace("expectedOutput: { result: 3 }", "expectedOuput: { result: 3 }");
    expect(typeCheck(typo)).toEqual([
      {
        line: typo.split("\n").findIndex((line) => line.includes("expectedOuput")) + 1,
        message: expect.stringContaining('A test case has no "expectedOuput"'),
      },
    ]);
    // Lines behind the cases stay where they are.
    const wrong = calculator.replace("result: a / b", "result: a.trim()");
    expect(wrong.split("\n")[(typeCheck(wrong)[0]?.line ?? 0) - 1]).toContain("trim");
  });

  it("says the same of a source whatever it was given before", () => {
    const others = ["split_bill", "current_weather"].map((name) => readFileSync(join(TOOLS, `${name}.ts`), "utf8"));
    const edits = [
      calculator.replace("a + b", "a + c"),
      calculator.replace("return { result: a - b };", ""),
      calculator.replace("switch (operation) {", "switch (operation {"),
      calculator.replace('type: "number"', 'type: "string"'),
      calculator.replace("export default", "type Same = { a: 1 }\nexport default").replace("a * b", "a * (b as Same)"),
      `// moved\n${calculator.slice(0, -4)}`,
    ];
    const first = edits.map((source) => typeCheck(source));
    expect(first.filter((faults) => faults.length > 0).length).toBeGreaterThanOrEqual(5);
    for (const other of [...others, calculator])
      for (const [at, source] of [...edits.entries()].reverse()) {
        typeCheck(other);
        expect(typeCheck(source)).toEqual(first[at]);
      }
  });

  it("reports what does not parse, and what cannot be imported", () => {
    expect(typeCheck("export default defineTool({").length).toBeGreaterThan(0);
    expect(typeCheck(`import { x } from "./other.ts";\n${calculator}`)[0]?.line).toBe(1);
  });

  it("is quick when warm", () => {
    const times = Array.from({ length: 9 }, (_, index) => {
      const source = calculator.replace("a + b", `a + b + ${index}`);
      const before = process.cpuUsage();
      typeCheck(source);
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1000;
    }).sort((a, b) => a - b);
    // The budget is 20 ms. Its own time is counted, and the best of nine: other work on the machine says nothing.
    expect(times[0]).toBeLessThan(50);
  });
});
