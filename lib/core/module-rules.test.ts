import { describe, expect, test } from "vitest";
import { checkModuleRules, compileModule, LARGEST_SOURCE } from "./module-rules.ts";

const GOOD = `import { defineTool, ToolError } from "whetstone";

type Shape = { a: number };
const twice = (n: number): number => n * 2;

export default defineTool({
  name: "t",
  run(input: Shape) {
    if (input.a < 0) throw new ToolError("negative", "a is negative");
    return { b: twice(input.a) };
  },
});
`;

describe("compileModule", () => {
  test("keeps every line and column of what is left", () => {
    const result = compileModule("t", GOOD);
    if (!result.ok) throw new Error(JSON.stringify(result.faults));
    const before = GOOD.split("\n");
    const after = result.factory.split("\n");
    expect(after).toHaveLength(before.length);
    expect(after[8]).toBe(before[8]);
    expect(after[9]).toBe(before[9]);
  });

  test("the factory gives the definition and takes what whetstone exports", () => {
    const result = compileModule("t", GOOD);
    if (!result.ok) throw new Error("rules");
    class ToolError extends Error {}
    const exports: { d?: { run(input: { a: number }): unknown } } = {};
    new Function("__w", "__e", `"use strict";${result.factory}`)({ defineTool: (d: unknown) => d, ToolError }, exports);
    expect(exports.d?.run({ a: 2 })).toEqual({ b: 4 });
    expect(() => exports.d?.run({ a: -1 })).toThrow(ToolError);
  });

  test("imports over several lines and under other names are rewritten", () => {
    const source =
      'import {\n  defineTool as define2,\n  ToolError as Refusal,\n} from "whetstone";\nimport { defineTool } from "whetstone";\nexport default defineTool({ name: "t", run: () => { throw new Refusal("a", "b"); } });\nvoid define2;\n';
    const result = compileModule("t", source);
    if (!result.ok) throw new Error(JSON.stringify(result.faults));
    expect(() => new Function("__w", "__e", result.factory)).not.toThrow();
    expect(result.factory.split("\n")).toHaveLength(source.split("\n").length);
  });
});

describe("checkModuleRules", () => {
  test("refuses what nests deeper than it can be read", () => {
    const deep = GOOD.replace("twice(input.a)", `${"(".repeat(20_000)}1${")".repeat(20_000)}`);
    expect(checkModuleRules("t", deep)).toEqual([{ line: 1, message: expect.stringContaining("nests deeper") }]);
  });

  test.each([
    ['import fs from "node:fs";\nexport default defineTool({});', 1, /"node:fs" cannot be imported/],
    ['import { defineTool } from "whetstone";\nconst a = 1;', 1, /no `export default/],
    [
      'import { defineTool } from "whetstone";\nexport default defineTool({});\nexport default defineTool({});',
      3,
      /second default export/,
    ],
    ['import { defineTool } from "whetstone";\nexport default { name: "x" };', 2, /must be `defineTool/],
    ['import { defineTool } from "whetstone";\nconst x = await 1;\nexport default defineTool({});', 2, /no await/],
    [
      'import { defineTool } from "whetstone";\nexport default defineTool({ run: () => import("node:fs") });',
      2,
      /import\(\)/,
    ],
    ['import { defineTool } from "whetstone";\nenum A { B }\nexport default defineTool({});', 2, /enum/],
    [
      'import { defineTool } from "whetstone";\nexport const a = 1;\nexport default defineTool({});',
      2,
      /only `export default/,
    ],
    ['import { defineTool } from "whetstone";\nexport default defineTool({ run( {} );', 2, /./],
    ['import { defineTool, fetch } from "whetstone";\nexport default defineTool({});', 1, /has no fetch/],
    [
      'import { defineTool } from "whetstone";\nconst fs = require("fs");\nexport default defineTool({});',
      2,
      /require/,
    ],
    ['import { defineTool } from "whetstone";\nexport default defineTool({ a: import.meta.url });', 2, /import\.meta/],
    ['import { defineTool } from "whetstone";\nawait using a = b();\nexport default defineTool({});', 2, /no await/],
    [
      'import { defineTool } from "whetstone";\nfor await (const a of b) {}\nexport default defineTool({});',
      2,
      /no await/,
    ],
    ['import { defineTool } from "whetstone";\nconst a = <string>b;\nexport default defineTool({});', 2, /value as T/],
    ['import { defineTool } from "whetstone";\n@b class A {}\nexport default defineTool({});', 2, /decorators/],
    [
      'import { defineTool } from "whetstone";\nnamespace N { export const a = 1 }\nexport default defineTool({});',
      2,
      /namespace/,
    ],
    [
      'import { defineTool } from "whetstone";\nclass A { constructor(readonly a: number) {} }\nexport default defineTool({});',
      2,
      /parameter property/,
    ],
    ['import { defineTool } from "whetstone";\nconst x = a <!--b;\nexport default defineTool({});', 2, /comment/],
    ['import { defineTool } from "whetstone";\nif (1) { return }\nexport default defineTool({});', 2, /return/],
    ['import * as w from "whetstone";\nexport default w.defineTool({});', 1, /import by name/],
    ['import { defineTool } from "whetstone";\nexport default defineTool({})\n}); evil(); (function () {', 3, /./],
  ])("names the line and what to do: %s", (source, line, message) => {
    const faults = checkModuleRules("t", source);
    expect(faults.length).toBeGreaterThan(0);
    expect(faults[0]?.line).toBe(line);
    expect(faults[0]?.message).toMatch(message);
  });

  test("a text that only looks like a comment is no fault, and a large file is", () => {
    const source =
      'import { defineTool } from "whetstone";\nconst a = "<!-- x -->", b = /<!--/;\nexport default defineTool({ a, b });';
    expect(checkModuleRules("t", source)).toEqual([]);
    expect(checkModuleRules("t", "/".repeat(LARGEST_SOURCE + 1))[0]?.message).toMatch(/characters/);
  });

  test("types may be imported and exported", () => {
    const source =
      'import { defineTool } from "whetstone";\nimport type { FetchInit } from "whetstone";\nexport type A = FetchInit;\nexport default defineTool({});';
    expect(checkModuleRules("t", source)).toEqual([]);
  });
});
