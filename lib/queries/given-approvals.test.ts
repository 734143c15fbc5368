import { expect, it } from "vitest";
import type { Actor } from "#lib/core/actor.ts";
import { givenApprovals } from "./given-approvals.ts";

const person = (name: string): Actor => ({ kind: "person", id: name, name });
const at = (second: number) => new Date(second * 1_000);
const approval = (name: string, second: number) => ({ id: `${name}${second}`, actor: person(name), at: at(second) });
const plan = (name: string, second: number) => ({
  state: "simulated" as const,
  actor: person(name),
  startedAt: at(second),
});

it("tells an approval that ended with the plan from one that was simulated later, and from one that was not", () => {
  expect(givenApprovals([approval("ben", 9), approval("ada", 3)], plan("ben", 10))).toEqual({
    by: [
      { id: "ada3", name: "ada", at: at(3) },
      { id: "ben9", name: "ben", at: at(9) },
    ],
    simulated: { by: "ben", at: at(10), approving: true },
  });
  expect(givenApprovals([approval("ada", 3)], plan("ben", 5)).simulated).toMatchObject({ by: "ben", approving: false });
  expect(givenApprovals([approval("ada", 3)], plan("ada", 300)).simulated).toMatchObject({ approving: false });
  expect(givenApprovals([approval("ada", 3)], null).simulated).toBeNull();
  expect(givenApprovals([approval("ada", 3)], { ...plan("ada", 4), state: "undone" }).simulated).toBeNull();
  // The plan is of an approval that was taken back before this one was given.
  expect(givenApprovals([approval("ada", 30)], plan("ada", 4)).simulated).toBeNull();
});
