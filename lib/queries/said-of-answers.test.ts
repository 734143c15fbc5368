import { expect, it } from "vitest";
import { saidOfAnswers } from "./said-of-answers.ts";

const at = (second: number) => new Date(second * 1_000);
const SCHEMAS = {
  inputSchema: { type: "object" },
  outputSchema: { type: "object", properties: { who: { type: "string", "x-sensitive": true } } },
} as const;

it("hides in a right answer what the schema marks, and tells what the evidence has counted", () => {
  const word = (executionId: string, second: number) => ({
    executionId,
    correct: false,
    expectedOutput: { who: "ada-private", n: 1 },
    createdAt: at(second),
  });
  const feedback = [word("a", 3), word("b", 9), word("elsewhere", 1)];
  const said = saidOfAnswers([{ executionId: "a" }, { executionId: "b" }, {}], feedback, { createdAt: at(5) }, SCHEMAS);
  expect(said).toEqual({
    a: { correct: false, expected: '{"who":"•••","n":1}', at: at(3), counted: true },
    b: { correct: false, expected: '{"who":"•••","n":1}', at: at(9), counted: false },
  });
  expect(saidOfAnswers([{ executionId: "a" }], feedback, null, null).a?.expected).toContain("ada-private");
});
