import { expect, test } from "vitest";
import { callsInWords } from "./calls-in-words.ts";

test("every call is counted once, and the parts add up to the whole", () => {
  expect(callsInWords({ calls: 39, failures: 0, refused: 1 })).toBe("40 calls: 39 succeeded, 1 refused");
  expect(callsInWords({ calls: 1_200, failures: 3, refused: 0 })).toBe("1,200 calls: 3 failed, 1,197 succeeded");
  expect(callsInWords({ calls: 1, failures: 1, refused: 0 })).toBe("1 call: 1 failed");
  expect(callsInWords({ calls: 0, failures: 0, refused: 2 })).toBe("2 calls: 2 refused");
  expect(callsInWords({ calls: 0, failures: 0, refused: 0 })).toBe("never called");
});
