import { readdir, readFile } from "node:fs/promises";
import { basename } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSandbox } from "#lib/adapters/sandbox/create-sandbox.ts";
import { type Json, sha256 } from "#lib/core/json.ts";
import { meetsExpectation } from "#lib/core/labels.ts";
import { checkModuleRules } from "#lib/core/module-rules.ts";
import type { Effect, Manifest, StatedEffect } from "#lib/core/tool.ts";
import type { Answers } from "#lib/pipeline/4-test/planned-case.ts";
import { runCase, runnable } from "#lib/pipeline/4-test/run-case.ts";
import type { Sandbox } from "#lib/ports/sandbox.ts";

const FOLDER = new URL("../../tools/", import.meta.url);
const NAMES = (await readdir(FOLDER)).filter((file) => file.endsWith(".ts")).map((file) => basename(file, ".ts"));
/** The planted bug that a case of the tool itself shows. */
const BROKEN = ["calculator: refuses to divide by zero"];

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox({ workers: 1 });
});
afterAll(() => sandbox?.close());

async function load(name: string): Promise<{ source: string; manifest: Manifest }> {
  const source = await readFile(new URL(`${name}.ts`, FOLDER), "utf8");
  const inspected = await sandbox.inspect({ name, source, hash: sha256(source) });
  if (!inspected.ok) throw new Error(`${name}: ${inspected.error}`);
  return { source, manifest: inspected.manifest };
}

async function call(
  name: string,
  input: Json,
  answers: Answers = { at: new Date("2026-03-03T08:00:00Z") },
  timeMs = 2_000,
) {
  const { source, manifest } = await load(name);
  return (
    await runCase(sandbox, runnable(name, source, manifest), { input, answers }, new AbortController().signal, timeMs)
  ).side;
}

const stated = (...effects: StatedEffect[]): Answers => ({ stated: effects });
const answered = (body: string): StatedEffect => ({ kind: "fetch", response: { status: 200, headers: {}, body } });

describe("the ten sample tools", () => {
  it("are ten, and keep the module rules", async () => {
    expect(NAMES).toHaveLength(10);
    for (const name of NAMES)
      expect(checkModuleRules(name, await readFile(new URL(`${name}.ts`, FOLDER), "utf8"))).toEqual([]);
  });

  it.each(NAMES)("%s loads, and its own cases pass but for the planted bug", async (name) => {
    const { source, manifest } = await load(name);
    expect(manifest.name).toBe(name);
    expect(manifest.owners.length).toBeGreaterThan(0);
    const failed: string[] = [];
    for (const { description, input, expectedOutput, shouldThrow, effects = [] } of manifest.testCases) {
      const version = runnable(name, source, manifest);
      const { side } = await runCase(
        sandbox,
        version,
        { input, answers: { stated: effects } },
        new AbortController().signal,
      );
      if (!meetsExpectation(side, { expectedOutput, shouldThrow })) failed.push(`${name}: ${description}`);
    }
    expect(failed).toEqual(BROKEN.filter((entry) => entry.startsWith(`${name}:`)));
  });

  it("cover the four strategies, with and without effects", async () => {
    const traits = await Promise.all(NAMES.map(async (name) => (await load(name)).manifest));
    const kinds = traits.map(({ characteristics: { idempotent, sideEffects, safeForShadowTesting }, testCases }) => {
      if (idempotent && sideEffects.length === 0 && safeForShadowTesting) return "shadow";
      if (idempotent) return "replay";
      return testCases.length > 0 ? "synthetic" : "manual";
    });
    expect(new Set(kinds)).toEqual(new Set(["shadow", "replay", "synthetic", "manual"]));
    expect(new Set(traits.map(({ permissions }) => permissions.kv))).toContain("write");
    expect(traits.some(({ permissions }) => permissions.network.length > 0)).toBe(true);
  });
});

describe("the planted bugs, as callers meet them", () => {
  it("calculator: dividing by zero is not JSON", async () => {
    expect(await call("calculator", { operation: "divide", a: 1, b: 0 })).toMatchObject({
      status: "failed",
      error: { name: "OutputNotJson", message: expect.stringContaining("Infinity") },
    });
  });

  it("next_delivery_day: the customer's Tuesday morning is still Monday in UTC, and the day is taken from there", async () => {
    const local = { orderedAt: "2026-03-02T23:30:00Z", timeZone: "Europe/Berlin" };
    expect(await call("next_delivery_day", local)).toMatchObject({
      status: "succeeded",
      output: { date: "2026-03-03" },
    });
  });

  it("split_bill: the shares do not add up, and nothing says so", async () => {
    const side = await call("split_bill", { amount: 100, people: 3 });
    expect(side).toMatchObject({ status: "succeeded", output: { total: 100, shares: [33.33, 33.33, 33.33] } });
  });

  it("current_weather: the geocoder leaves `results` out when it knows no such place", async () => {
    const side = await call("current_weather", { place: "Atlantis" }, stated(answered('{"generationtime_ms":0.5}')));
    expect(side).toMatchObject({
      status: "failed",
      error: { name: "TypeError", message: expect.stringContaining("reading '0'") },
    });
    expect(side.error?.stack).toContain("current_weather.ts:");
  });

  it("extract_links: one open bracket before a long word takes for ever", async () => {
    const side = await call("extract_links", { markdown: `see [${"a".repeat(60)}` }, undefined, 300);
    expect(side.status).toBe("timed_out");
  });
});

describe("the tools with effects", () => {
  it("add_note and set_preference keep what was there", async () => {
    const notes = stated(
      { kind: "kv.get", response: [{ id: "1", text: "a", createdAt: "x" }] },
      { kind: "uuid", response: "n2" },
      { kind: "now", response: 0 },
      { kind: "kv.set", response: null },
    );
    expect(await call("add_note", { notebook: "n", text: " b " }, notes)).toMatchObject({
      output: { id: "n2", count: 2 },
    });
    const set = (effects: Effect[]) => effects.find(({ kind }) => kind === "kv.set")?.request;
    const side = await call(
      "set_preference",
      { userId: "u", name: "size", value: 3 },
      stated({ kind: "kv.get", response: { theme: "dark" } }, { kind: "kv.set", response: null }),
    );
    expect(set(side.effects)).toEqual({ key: "preferences/u", value: { theme: "dark", size: 3 } });
  });

  it("send_webhook sends one event with the secret's placeholder, and refuses when it was not taken", async () => {
    const effects = (status: number) =>
      stated(
        { kind: "uuid", response: "e1" },
        { kind: "secret", response: "{{secret:WEBHOOK_TOKEN}}" },
        { kind: "fetch", response: { status, headers: {}, body: "" } },
      );
    const input = { event: "order.shipped", data: { id: 7 } };
    const side = await call("send_webhook", input, effects(202));
    expect(side).toMatchObject({ status: "succeeded", output: { eventId: "e1", status: 202 } });
    expect(JSON.stringify(side.effects)).toContain("Bearer {{secret:WEBHOOK_TOKEN}}");
    expect(await call("send_webhook", input, effects(500))).toMatchObject({
      status: "refused",
      error: { code: "not_delivered" },
    });
  });
});
