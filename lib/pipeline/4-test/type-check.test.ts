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

  it("has no part of ctx that the permissions do not grant", () => {
    const source = calculator.replace("run({ operation, a, b })", "run({ operation, a, b }, ctx)");
    expect(typeCheck(source)).toEqual([]);
    expect(typeCheck(source.replace("result: a + b", 'result: Number(ctx.fetch("https://a.example"))'))).not.toEqual(
      [],
    );
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
