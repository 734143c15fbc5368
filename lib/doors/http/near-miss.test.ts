import { describe, expect, it } from "vitest";
import { z } from "zod";
import { ROUTES } from "#lib/commands/registry.ts";
import { refuseNearMisses } from "./near-miss.ts";

const schema = z.object({
  version: z.number().optional(),
  reason: z.string().optional(),
  expectedOutput: z.unknown().optional(),
  tool: z.string().optional(),
});

describe("refuseNearMisses", () => {
  it.each([
    ["verson", "version"],
    ["versoin", "version"],
    ["Reason", "reason"],
    ["expected_output", "expectedOutput"],
    ["expectedOutpt", "expectedOutput"],
  ])("names what %s was meant to be", (given, meant) => {
    expect(() => refuseNearMisses(schema, { [given]: 1 })).toThrow(
      `${given}: is not known here. Did you mean ${meant}?`,
    );
  });

  it("lets be what is known, what is something else, and what stands beside the right one", () => {
    for (const body of [
      { version: 1, reason: "" },
      { note: 1 },
      { tol: 1 },
      { tool: "a", tools: 1 },
      { author: "ada" },
    ])
      expect(() => refuseNearMisses(schema, body)).not.toThrow();
    expect(() => refuseNearMisses(z.unknown(), { verson: 1 })).not.toThrow();
  });

  it("takes every member that a command knows", () => {
    for (const { input } of ROUTES)
      if (input instanceof z.ZodObject)
        for (const name of Object.keys(input.shape)) expect(() => refuseNearMisses(input, { [name]: 1 })).not.toThrow();
  });
});
