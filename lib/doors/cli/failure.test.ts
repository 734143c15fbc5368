import { expect, it } from "vitest";
import { failure, inCommands } from "./failure.ts";

it.each([
  [
    "There is no tool x: GET /api/v1/tools lists what there is.",
    "There is no tool x: npx whetstone tools list lists what there is.",
  ],
  [
    'There is no proposal "999": GET /api/v1/proposals lists what there is.',
    'There is no proposal "999": npx whetstone proposals lists what there is.',
  ],
  ["GET /api/v1/tools/split_bill/versions lists them.", "npx whetstone versions split_bill lists them."],
  ["as GET /api/v1/executions/{id} shows it", "as npx whetstone execution <id> shows it"],
  ["GET /api/v1/tools/calculator/diff compares", "npx whetstone diff calculator compares"],
  ["GET /api/v1/nothing/here is no address", "GET /api/v1/nothing/here is no address"],
])("%s", (said, shown) => expect(inCommands(said)).toBe(shown));

it("keeps the problem as the server said it", () => {
  const problem = { detail: "GET /api/v1/keys lists them." };
  expect(failure(problem)).toMatchObject({ message: "npx whetstone keys lists them.", problem });
});
