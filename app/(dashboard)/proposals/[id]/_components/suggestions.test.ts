import { describe, expect, it } from "vitest";
import { partsOf, suggestionFor, takeSuggestion } from "./suggestions.ts";

describe("partsOf", () => {
  it("tells words from suggestions, in order", () => {
    expect(partsOf("Shorter:\n```suggestion\n  return a;\n```\nIs it?")).toEqual([
      { words: "Shorter:" },
      { suggestion: "  return a;" },
      { words: "Is it?" },
    ]);
  });

  it("reads what suggestionFor writes, whatever the line", () => {
    for (const line of ["", "  return a;", "const tick = `a`;"])
      expect(partsOf(suggestionFor(line))).toEqual([{ suggestion: line }]);
  });

  it("leaves an open fence and other code as words", () => {
    expect(partsOf("```suggestion\nnever closed")).toEqual([{ words: "```suggestion\nnever closed" }]);
    expect(partsOf("```ts\nlet a;\n```")).toEqual([{ words: "```ts\nlet a;\n```" }]);
  });

  it("reads an empty block as taking the line out, and other line ends", () => {
    expect(partsOf("```suggestion\r\n```")).toEqual([{ suggestion: "" }]);
  });
});

describe("takeSuggestion", () => {
  it("replaces the lines by as many as are suggested, and keeps the rest to the byte", () => {
    expect(takeSuggestion("a\nb\nc\n", { from: 2, to: 2 }, "x\ny")).toBe("a\nx\ny\nc\n");
    expect(takeSuggestion("a\nb\nc\n", { from: 1, to: 2 }, "x")).toBe("x\nc\n");
    expect(takeSuggestion("a\nb\nc", { from: 3, to: 3 }, "")).toBe("a\nb");
  });
});
