import { describe, expect, it } from "vitest";
import { ROUTES } from "#lib/commands/registry.ts";
import { COMMAND_PLACES } from "./command-places.ts";

describe("the palette's commands", () => {
  it("are those of the registry, each with its scope", () => {
    const ofRegistry = ROUTES.filter(({ method }) => method !== "GET").map(({ name, scope }) => `${name} ${scope}`);
    expect(COMMAND_PLACES.map(({ name, scope }) => `${name} ${scope}`).sort()).toEqual(ofRegistry.sort());
  });
});
