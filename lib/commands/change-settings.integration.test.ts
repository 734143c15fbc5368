/** Two people change settings at once: the later one is told of the other, where it says what it saw. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Actor } from "#lib/core/actor.ts";
import { openTestHouse, type TestHouse } from "#lib/testing/test-house.ts";
import { changeSettings, changeToolSettings } from "./change-settings.ts";
import { type Context, runCommand } from "./command.ts";

let house: TestHouse;
beforeAll(async () => {
  house = await openTestHouse();
});
afterAll(() => house?.close());

const LEA: Actor = { kind: "person", id: "lea", name: "Lea" };
const TOM: Actor = { kind: "person", id: "tom", name: "Tom" };
const as = (actor: Actor): Context => ({ ...house.machinery, caller: { actor, scopes: ["admin"] } });
const name = "calculator";

describe("global settings", () => {
  const change = (actor: Actor, input: object) => runCommand(changeSettings, as(actor), input);
  beforeEach(() => house.machinery.database.settings.set({ monitorHours: 24, fourEyes: false, approvers: {} }));

  it("are not changed over what somebody else did meanwhile, who is named with both values", async () => {
    await change(TOM, { monitorHours: 0.5 });
    const rows = async () => (await house.machinery.database.audit.list({ verb: "settings.changed" }, {})).items.length;
    const before = await rows();
    await expect(
      change(LEA, { monitorHours: 12, fourEyes: true, seen: { monitorHours: 24, fourEyes: false } }),
    ).rejects.toMatchObject({
      code: "conflict",
      message: "Meanwhile Tom set “Watched hours” to 0.5 (you saw 24). Nothing was saved.",
      details: {
        changed: [{ name: "monitorHours", seen: 24, now: 0.5, by: TOM, at: expect.any(Date) }],
        now: { monitorHours: 0.5, fourEyes: false },
      },
    });
    expect(await house.machinery.database.settings.get()).toMatchObject({ monitorHours: 0.5, fourEyes: false });
    expect(await rows()).toBe(before);
    // Whoever has seen that means it.
    await change(LEA, { monitorHours: 12, seen: { monitorHours: 0.5 } });
    expect(await house.machinery.database.settings.get()).toMatchObject({ monitorHours: 12 });
  });

  it("are changed as ever by whoever does not say what was seen, or wants what is there", async () => {
    await change(TOM, { monitorHours: 0.5 });
    await change(LEA, { monitorHours: 0.5, seen: { monitorHours: 24 } });
    expect(await change(LEA, { monitorHours: 2 })).toMatchObject({ monitorHours: 2 });
    await expect(change(LEA, { seen: { monitorHours: 2 } })).rejects.toThrow(/Nothing to change/);
    await expect(change(LEA, { monitorHours: 3, seen: { hours: 2 } })).rejects.toMatchObject({ code: "invalid_input" });
  });

  it("are held cell by cell where they are a table, with what holds where nothing is set", async () => {
    const seen = { approvers: { shadow: { passed: "machine" } } };
    await change(TOM, {
      approvers: { shadow: { inconclusive: "person" } },
      seen: { approvers: { shadow: { inconclusive: "key" } } },
    });
    await change(TOM, { approvers: { shadow: { passed: "person" } }, seen });
    await expect(change(LEA, { approvers: { shadow: { passed: "nobody" } }, seen })).rejects.toMatchObject({
      message:
        "Meanwhile Tom set “Who has to approve” (shadow, passed) to person (you saw machine). Nothing was saved.",
      details: { now: { approvers: { shadow: { passed: "person" } } } },
    });
  });

  it("let one of many through who change the same at the same moment", async () => {
    const hours = [1, 2, 3, 4, 5];
    const asked = hours.map((monitorHours) => change(LEA, { monitorHours, seen: { monitorHours: 24 } }));
    const ended = await Promise.allSettled(asked);
    expect(ended.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const refused = ended.find((one) => one.status === "rejected");
    expect(refused?.reason).toMatchObject({
      message: expect.stringMatching(/^Meanwhile you set “Watched hours” to \d/),
    });
  });
});

describe("a tool's own settings", () => {
  const change = (actor: Actor, input: object) => runCommand(changeToolSettings, as(actor), { name, ...input });

  it("are not changed over what somebody else did meanwhile, what follows the global ones among it", async () => {
    await change(TOM, { target: 0.9, seen: { target: null } });
    await expect(change(LEA, { target: 0.95, seen: { target: null } })).rejects.toMatchObject({
      code: "conflict",
      message: "Meanwhile Tom set “Success rate target” to 0.9 (you saw “as everywhere”). Nothing was saved.",
      details: { now: { target: 0.9 } },
    });
    await change(LEA, { target: null, seen: { target: 0.9 } });
    await expect(change(TOM, { target: 0.99, seen: { target: 0.9 } })).rejects.toThrow(
      "Meanwhile Lea set “Success rate target” to “as everywhere” (you saw 0.9).",
    );
    expect(await change(TOM, { target: 0.8 })).toMatchObject({ target: 0.8 });
  });

  it("are held cell by cell where they are a table", async () => {
    const seen = { approvers: { shadow: { passed: null } } };
    await change(TOM, { approvers: { shadow: { passed: "person" } }, seen });
    await change(LEA, {
      approvers: { replay: { passed: "person" } },
      seen: { approvers: { replay: { passed: null } } },
    });
    await expect(change(LEA, { approvers: { shadow: { passed: "key" } }, seen })).rejects.toThrow(
      "Meanwhile Tom set “Who has to approve” (shadow, passed) to person (you saw “as everywhere”).",
    );
  });
});
