import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mergeThreeWay, textWith, textWithMarkers } from "./merge.ts";

const text = fc
  .tuple(fc.array(fc.constantFrom("a", "b", "c", "d", "e"), { maxLength: 10 }), fc.boolean())
  .map(([lines, closed]) => (lines.length === 0 ? "" : lines.join("\n") + (closed ? "\n" : "")));

describe("mergeThreeWay", () => {
  it("puts changes at different places together", () => {
    const base = "one\ntwo\nthree\nfour\nfive\n";
    const merge = mergeThreeWay({
      base,
      disk: base.replace("one", "ONE"),
      database: base.replace("five", "FIVE"),
    });
    expect(merge.text).toBe("ONE\ntwo\nthree\nfour\nFIVE\n");
  });

  it("hands back what both changed differently, with all three sides and their lines", () => {
    const merge = mergeThreeWay({ base: "a\nb\nc\n", disk: "a\nleft\nc\n", database: "a\nright\nc\n" });
    expect(merge.text).toBeNull();
    expect(merge.regions).toEqual([
      { kind: "agreed", text: "a\n" },
      {
        kind: "conflict",
        base: "b\n",
        disk: "left\n",
        database: "right\n",
        baseLine: 2,
        diskLine: 2,
        databaseLine: 2,
      },
      { kind: "agreed", text: "c\n" },
    ]);
    expect(textWith(merge.regions, ({ database }) => database)).toBe("a\nright\nc\n");
    expect(textWithMarkers(merge.regions, { disk: "disk", database: "version 2" })).toBe(
      "a\n<<<<<<< disk\nleft\n||||||| base\nb\n=======\nright\n>>>>>>> version 2\nc\n",
    );
  });

  it("takes the side that changed where the other did not, byte for byte", () => {
    fc.assert(
      fc.property(text, text, (base, changed) => {
        expect(mergeThreeWay({ base, disk: changed, database: base }).text).toBe(changed);
        expect(mergeThreeWay({ base, disk: base, database: changed }).text).toBe(changed);
        expect(mergeThreeWay({ base, disk: changed, database: changed }).text).toBe(changed);
      }),
    );
  });

  it("says the same whichever side is which, and settles to either side", () => {
    fc.assert(
      fc.property(text, text, text, (base, disk, database) => {
        const one = mergeThreeWay({ base, disk, database });
        const other = mergeThreeWay({ base, disk: database, database: disk });
        expect(other.text).toBe(one.text);
        expect(one.text === null).toBe(one.regions.some(({ kind }) => kind === "conflict"));
        for (const region of one.regions) if (region.kind === "conflict") expect(region.disk).not.toBe(region.database);
      }),
    );
  });
});
