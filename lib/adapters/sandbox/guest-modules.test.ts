import { expect, it } from "vitest";
import { DEFAULT_LIMITS, type RunRequest } from "#lib/ports/sandbox.ts";
import { MANIFEST, moduleOf } from "./guest.fixture.ts";
import { createGuestModules } from "./guest-modules.ts";

const request: RunRequest = {
  module: moduleOf("return 1"),
  manifest: MANIFEST,
  input: null,
  limits: DEFAULT_LIMITS,
  effects: { mode: "replay", journal: [] },
};

it("a version is known by one number, a fresh run by one of its own, which is kept for nobody", () => {
  const modules = createGuestModules();
  const key = (asked: RunRequest): number => {
    const made = modules.of(asked);
    if ("error" in made) throw new Error(made.error);
    return made.key;
  };
  const usual = key(request);
  const fresh = [key({ ...request, fresh: true }), key({ ...request, fresh: true })];
  expect(new Set([usual, ...fresh]).size).toBe(3);
  expect(key(request)).toBe(usual);
  expect(key({ ...request, limits: { ...DEFAULT_LIMITS, memoryMb: 8 } })).not.toBe(usual);
});
