import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { extract } from "./extract.ts";

const CODE =
  'import { defineTool } from "whetstone";\n\nexport default defineTool({\n  name: "t",\n  run: () => ({}),\n});\n';

describe("extract", () => {
  it("takes the code out of prose and keeps the prose as the reason", () => {
    expect(extract(`The divisor was **not checked**.\n\n\`\`\`ts\n${CODE}\`\`\`\nHope this helps!`)).toEqual({
      found: true,
      source: CODE,
      rationale: "The divisor was not checked. Hope this helps!",
    });
  });

  it("takes bare code, code in JSON, other fences and Windows line ends", () => {
    for (const answer of [
      CODE,
      `Here you are:\n\n${CODE}\nDone.`,
      JSON.stringify({ rationale: "x", source: CODE }),
      `\`\`\`json\n${JSON.stringify({ code: CODE })}\n\`\`\``,
      `~~~typescript\n${CODE}~~~`,
      `\`\`\`ts\r\n${CODE.replaceAll("\n", "\r\n")}\`\`\`\r\n`,
      `1. Like so:\n   \`\`\`ts\n${CODE}   \`\`\``,
    ])
      expect(extract(answer)).toMatchObject({ found: true, source: CODE });
  });

  it("takes the last whole tool, not the snippet before it and not what was only thought", () => {
    const first = CODE.replace("({})", "({ first: 1 })");
    const answer = `<think>\`\`\`ts\n${first}\`\`\`</think>First\n\`\`\`ts\nif (b === 0) throw x;\n\`\`\`\n\`\`\`ts\n${first}\`\`\`\nNo, better:\n\`\`\`ts\n${CODE}\`\`\``;
    expect(extract(answer)).toMatchObject({ found: true, source: CODE });
  });

  it("takes a whole tool whose fence was never closed, and says so when the code is cut", () => {
    expect(extract(`Fixed:\n\`\`\`ts\n${CODE}`)).toMatchObject({ found: true, source: CODE, rationale: "Fixed:" });
    expect(extract(`\`\`\`ts\n${CODE.slice(0, -12)}`)).toEqual({
      found: false,
      reason: expect.stringContaining("ends in the middle"),
    });
  });

  it("says what to do when there is no tool", () => {
    expect(extract("I cannot help with that.")).toEqual({
      found: false,
      reason: expect.stringContaining("whole file"),
    });
    expect(extract("```ts\nif (b === 0) return null;\n```")).toEqual({
      found: false,
      reason: expect.stringContaining("export default defineTool"),
    });
  });

  it("keeps a long reason short", () => {
    const found = extract(`${"One more sentence about it. ".repeat(60)}\n\`\`\`ts\n${CODE}\`\`\``);
    expect(found.found && found.rationale.length).toBeLessThanOrEqual(601);
  });

  it("finds the code whatever prose stands around it", () => {
    const prose = fc.string().filter((text) => !/[`~]|defineTool|^\s*\{|import/.test(text));
    fc.assert(
      fc.property(prose, prose, (before, after) => {
        expect(extract(`${before}\n\`\`\`ts\n${CODE}\`\`\`\n${after}`)).toMatchObject({ found: true, source: CODE });
      }),
    );
  });
});
