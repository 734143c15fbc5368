import { describe, expect, it } from "vitest";
import type { AccessKey, ServerEvent } from "#lib/ports/database.ts";
import { createKnownKeys } from "./known-keys.ts";

const KEY: AccessKey = {
  id: "key-1",
  name: "agent",
  kind: "key",
  scopes: ["call"],
  createdAt: new Date(0),
  revokedAt: null,
};

function setUp() {
  const state = { asked: 0, answer: KEY as AccessKey | null, at: 0, gate: Promise.resolve() };
  const hears: { event(event: ServerEvent): void; gap(): void }[] = [];
  const keys = createKnownKeys(
    async () => {
      state.asked += 1;
      const { answer } = state;
      await state.gate;
      return answer;
    },
    (event, gap) => hears.push({ event, gap }),
    () => state.at,
  );
  const tell = (event: ServerEvent) => hears.forEach((one) => void one.event(event));
  const gap = () => hears.forEach((one) => void one.gap());
  return { state, keys, tell, gap };
}

describe("known keys", () => {
  it("asks once while a key is known, and again when its time is over", async () => {
    const { state, keys } = setUp();
    for (let turn = 0; turn < 5; turn += 1) expect(await keys.find("hash")).toEqual(KEY);
    expect(state.asked).toBe(1);
    state.at = 5_001;
    await keys.find("hash");
    expect(state.asked).toBe(2);
  });

  it("does not keep what opens nothing", async () => {
    const { state, keys } = setUp();
    state.answer = null;
    expect(await keys.find("hash")).toBeNull();
    state.answer = KEY;
    expect(await keys.find("hash")).toEqual(KEY);
  });

  it.each([
    ["an event names it", ({ tell }) => tell({ kind: "activity", id: "key-1" })],
    ["events may have been missed", ({ gap }) => gap()],
    ["its own process took it back", ({ keys }) => keys.forget()],
  ] satisfies [string, (parts: ReturnType<typeof setUp>) => void][])("drops a key when %s", async (_why, drop) => {
    const parts = setUp();
    await parts.keys.find("hash");
    parts.state.answer = null;
    drop(parts);
    expect(await parts.keys.find("hash")).toBeNull();
  });

  it("keeps a key when something else happens", async () => {
    const { state, keys, tell } = setUp();
    await keys.find("hash");
    tell({ kind: "activity", id: "another" });
    tell({ kind: "execution", id: "key-1" });
    await keys.find("hash");
    expect(state.asked).toBe(1);
  });

  it("does not keep an answer that was on its way when the key was taken back", async () => {
    const { state, keys, tell } = setUp();
    const gate = Promise.withResolvers<void>();
    state.gate = gate.promise;
    const asked = keys.find("hash");
    state.answer = null;
    tell({ kind: "activity", id: "key-1" });
    gate.resolve();
    await asked;
    expect(await keys.find("hash")).toBeNull();
  });
});
