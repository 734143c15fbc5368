import { describe, expect, it, vi } from "vitest";
import type { ServerEvent } from "#lib/ports/database.ts";
import { publishGrouped } from "./publish-grouped.ts";

function createWire() {
  const groups: { ids: string[]; done(): void; fail(): void }[] = [];
  const publish = publishGrouped(
    (events) =>
      new Promise((resolve, reject) => {
        groups.push({ ids: events.map(({ id }) => id), done: resolve, fail: () => reject(new Error("lost")) });
      }),
  );
  return { groups, publish };
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const call = (id: string, tool = "t"): ServerEvent => ({ kind: "execution", id, tool });

describe("publishGrouped", () => {
  it("sends at once, and what comes meanwhile in one group", async () => {
    const { groups, publish } = createWire();
    const first = publish({ kind: "tool", id: "1" });
    await settle();
    const rest = ["2", "3"].map((id) => publish({ kind: "tool", id }));
    expect(groups.map(({ ids }) => ids)).toEqual([["1"]]);
    groups[0]?.done();
    await first;
    await settle();
    expect(groups.map(({ ids }) => ids)).toEqual([["1"], ["2", "3"]]);
    groups[1]?.done();
    await Promise.all(rest);
  });

  it("tells the newest call of each tool in a group, and every other event", async () => {
    const { groups, publish } = createWire();
    void publish(call("0"));
    await settle();
    for (const event of [call("1"), call("2", "u"), { kind: "job", id: "j" } as const, call("3")]) void publish(event);
    groups[0]?.done();
    await settle();
    expect(groups[1]?.ids.toSorted()).toEqual(["2", "3", "j"]);
  });

  it("goes on after a group that was lost", async () => {
    const { groups, publish } = createWire();
    const first = publish({ kind: "tool", id: "1" });
    await settle();
    groups[0]?.fail();
    await expect(first).rejects.toThrow("lost");
    const second = publish({ kind: "tool", id: "2" });
    await settle();
    groups[1]?.done();
    await expect(second).resolves.toBeUndefined();
  });

  it("tells calls now and then, and with them at once whatever is no call", async () => {
    vi.useFakeTimers();
    try {
      const { groups, publish } = createWire();
      const heard = (): string[][] => groups.map(({ ids }) => ids);
      void publish(call("1"));
      await vi.advanceTimersByTimeAsync(0);
      groups[0]?.done();
      void publish(call("2"));
      void publish(call("3"));
      await vi.advanceTimersByTimeAsync(90);
      expect(heard()).toEqual([["1"]]);
      await vi.advanceTimersByTimeAsync(20);
      expect(heard()).toEqual([["1"], ["3"]]);
      groups[1]?.done();
      void publish(call("4"));
      void publish({ kind: "tool", id: "t" });
      await vi.advanceTimersByTimeAsync(0);
      expect(heard()).toEqual([["1"], ["3"], ["4", "t"]]);
    } finally {
      vi.useRealTimers();
    }
  });
});
