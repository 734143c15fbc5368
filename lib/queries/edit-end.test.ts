import { describe, expect, it } from "vitest";
import type { ProposalState } from "#lib/core/words.ts";
import { endOfEdit } from "./edit-end.ts";

type Facts = Parameters<typeof endOfEdit>[0];

function end(change: Partial<Facts> & { state?: ProposalState; reason?: string }) {
  const { state = "cancelled", reason = "", ...rest } = change;
  return endOfEdit({
    proposal: { id: "p9", state },
    last: { to: state, reason },
    versions: [
      { number: 2, origin: "disk", proposalId: "p9" },
      { number: 1, origin: "disk" },
    ],
    deployments: [],
    activeVersion: 1,
    ...rest,
  });
}

const TAKEN = { deployments: [{ kind: "sync", toVersion: 2 }] } as const;

describe("what became of an edit on disk", () => {
  it("says that it is live where it was taken, whatever the log gives as the reason", () => {
    for (const reason of ["taken from the disk: version 2 answers calls", "the file is the active version again"])
      expect(end({ ...TAKEN, activeVersion: 2, reason })).toEqual({
        became: "live",
        words: "Taken from disk, live as v2",
      });
    expect(end({ ...TAKEN, activeVersion: 2, state: "rejected" })?.became).toBe("live");
  });
  it("says that it was live where another version answers by now", () => {
    expect(end({ ...TAKEN, activeVersion: 3 })?.words).toBe("Taken from disk, was live as v2");
  });
  it("tells a merge, a drop, a later edit and a file that was put back apart", () => {
    const words = (reason: string): string | undefined => end({ reason })?.words;
    expect(words("merged: version 4 answers calls")).toBe("Merged into v4");
    expect(words("dropped for the database: version 1 answers calls")).toBe("Dropped: the database was taken");
    expect(words("the file was edited again")).toBe("Replaced by a later edit");
    expect(words("the file is the active version again")).toBe("Taken back on disk");
  });
  it("leaves alone what a person withdrew, what is still open, and what is no edit", () => {
    expect(end({ reason: "no longer wanted" })).toBeNull();
    expect(end({ ...TAKEN, activeVersion: 2, state: "deployed" })).toBeNull();
    expect(end({ ...TAKEN, versions: [{ number: 2, origin: "proposal", proposalId: "p9" }] })).toBeNull();
  });
});
