import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decideSync, type SyncFacts } from "./decide-sync.ts";

const versions = [
  { number: 1, hash: "one" },
  { number: 2, hash: "two" },
];
const facts: SyncFacts = {
  name: "calculator",
  disk: { hash: "two" },
  loadError: null,
  activeVersion: 2,
  versions,
  agreedVersion: 2,
};

describe("decideSync", () => {
  const table: [string, Partial<SyncFacts>, string, number | null][] = [
    ["the file is the active version", {}, "in_sync", 2],
    ["an unknown file, nothing moved", { disk: { hash: "edit" } }, "disk_ahead", 2],
    ["an unknown file, never agreed on", { disk: { hash: "edit" }, agreedVersion: null }, "disk_ahead", 2],
    ["the file is an earlier version", { disk: { hash: "one" } }, "database_ahead", 1],
    ["an unknown file, and the active version moved", { disk: { hash: "edit" }, agreedVersion: 1 }, "conflict", 1],
    ["an edit that is kept as a version", { disk: { hash: "one" }, isEdit: true }, "disk_ahead", 2],
    [
      "an edit that is kept, and the active version moved",
      { disk: { hash: "one" }, isEdit: true, agreedVersion: 1 },
      "conflict",
      1,
    ],
    ["a file that a deployment is writing", { disk: { hash: "edit" }, isBeingWritten: true }, "in_sync", 2],
    ["no file", { disk: null }, "missing", 2],
    ["no version", { disk: { hash: "first" }, activeVersion: null, versions: [], agreedVersion: null }, "new", null],
    ["a file that does not load", { disk: { hash: "edit" }, loadError: "Line 3: no" }, "unloadable", 2],
    ["a link", { disk: { unusable: "it is a symbolic link" } }, "unloadable", 2],
    [
      "a file that never loaded",
      { disk: { hash: "x" }, loadError: "no", activeVersion: null, versions: [], agreedVersion: null },
      "unloadable",
      null,
    ],
  ];
  for (const [name, change, state, base] of table) {
    it("says what to do where something else stands in the file's place", () => {
      const blocked = { ...facts, disk: { unusable: "a folder stands in its place" } };
      expect(decideSync(blocked).detail).toBe(
        "calculator.ts cannot be used: a folder stands in its place; version 2 goes on answering. Mend it, or move it away: then the file can be put back.",
      );
    });

    it(`${name}: ${state}`, () => {
      const decision = decideSync({ ...facts, ...change });
      expect(decision.state).toBe(state);
      expect(decision.baseVersion).toBe(base);
      expect(decision.detail).toMatch(/^calculator\.ts .+\.$/);
    });
  }

  it("says what goes wrong, and what answers meanwhile", () => {
    const { detail } = decideSync({ ...facts, disk: { hash: "edit" }, loadError: "Line 3: no" });
    expect(detail).toContain("Line 3: no");
    expect(detail).toContain("version 2 goes on answering");
  });

  it("says under the old name what a renamed file went on as", () => {
    const { state, detail } = decideSync({ ...facts, disk: null, renamedTo: "reckoner" });
    expect(state).toBe("missing");
    expect(detail).toContain("calculator.ts was renamed to reckoner.ts");
    expect(detail).toContain("under the old name version 2 goes on answering");
  });

  it("says under which number an edit is kept", () => {
    const { detail } = decideSync({ ...facts, disk: { hash: "one" }, isEdit: true });
    expect(detail).toContain("the edit is kept as version 1");
  });

  it("is in sync exactly where the file is the active source, whatever else is known", () => {
    const hash = fc.constantFrom("one", "two", "three", "edit");
    fc.assert(
      fc.property(
        fc.record({
          disk: fc.option(fc.record({ hash })),
          active: fc.option(fc.constantFrom(1, 2)),
          agreed: fc.option(fc.constantFrom(1, 2)),
          loads: fc.boolean(),
        }),
        ({ disk, active, agreed, loads }) => {
          const { state } = decideSync({
            ...facts,
            disk,
            activeVersion: active,
            agreedVersion: agreed,
            loadError: loads ? null : "no",
          });
          const source = versions.find(({ number }) => number === active)?.hash;
          expect(state === "in_sync").toBe(disk !== null && source !== undefined && disk.hash === source);
          // An edit that exists nowhere else is never called out of date.
          if (disk !== null && !versions.some(({ hash: known }) => known === disk.hash))
            expect(state).not.toBe("database_ahead");
        },
      ),
    );
  });
});
