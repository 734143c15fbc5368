import { describe, expect, it } from "vitest";
import { createGate } from "./gate.ts";

describe("createGate", () => {
  it("lets a few through at once, everybody in the end, and goes on after a failure", async () => {
    const gate = createGate(2);
    let inside = 0;
    let most = 0;
    const results = await Promise.allSettled(
      Array.from({ length: 9 }, (_, index) =>
        gate(async () => {
          inside += 1;
          most = Math.max(most, inside);
          await new Promise(setImmediate);
          inside -= 1;
          if (index % 3 === 0) throw new Error("no");
          return index;
        }),
      ),
    );
    expect(most).toBe(2);
    expect(inside).toBe(0);
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(6);
  });
});
