import { expect, it } from "vitest";
import { CaseRun, keptRun } from "./case-run.ts";

const schemas = {
  inputSchema: { type: "object", properties: { token: { type: "string", "x-sensitive": true } } },
  outputSchema: { type: "object" },
};
const ran = { description: "one", kept: false, status: "succeeded" as const, latencyMs: 1, input: {} };

it("keeps of what passed that it passed, of the others what came", () => {
  const error = { name: "ToolError", code: "no_rate", message: "no rate for XYZ", stack: "" };
  const run = keptRun({ number: 3, manifest: schemas }, [
    { ...ran, passed: true, output: { result: 1 } },
    { ...ran, passed: false, output: { result: 2 } },
    { ...ran, id: "k", kept: true, passed: false, status: "refused", error },
  ]);
  expect(CaseRun.parse(run)).toEqual(run);
  expect(run).toMatchObject({ version: 3, passed: 1, total: 3 });
  expect(run.items.map(({ got }) => got)).toEqual([undefined, '{\n  "result": 2\n}', "no_rate: no rate for XYZ"]);
});

it("hides what the schema calls sensitive wherever it turns up in an answer", () => {
  const [item] = keptRun({ number: 1, manifest: schemas }, [
    { ...ran, passed: false, input: { token: "hunter22" }, output: { echo: "hunter22" } },
  ]).items;
  expect(item?.got).toBe('{\n  "echo": "•••"\n}');
});

it("keeps the beginning of a very long answer", () => {
  const [item] = keptRun({ number: 1, manifest: schemas }, [
    { ...ran, passed: false, output: "x".repeat(300_000) },
  ]).items;
  expect(item?.got).toHaveLength(4_001);
});
