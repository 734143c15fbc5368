import { expect, test } from "vitest";
import { suspectFinding, suspectOf } from "./suspect-version.ts";

test("the version that is written down as the suspect is read again, and nothing else is", () => {
  const told = suspectFinding(12, "11:17 UTC", "1 call");
  expect(suspectOf({ findings: ["3 callers are affected", told] })).toBe(12);
  expect(
    suspectOf({ findings: ["The version did not change then: version 2 had been active since 11:17 UTC"] }),
  ).toBeNull();
  expect(suspectOf({ findings: [] })).toBeNull();
});
