import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AdmissionLimits, createAdmission } from "./admission.ts";

const SMALL: AdmissionLimits = { perTool: 2, total: 3, waitingPerTool: 2, waiting: 3 };

/** Lets everything that can go on go on. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

describe("admission", () => {
  it("lets calls in at once while there is room", () => {
    const { enter } = createAdmission(SMALL);
    expect(enter("a")).toBeUndefined();
    expect(enter("a")).toBeUndefined();
    expect(enter("b")).toBeUndefined();
  });

  it("lets a call wait, and in when another leaves", async () => {
    const { enter, leave } = createAdmission(SMALL);
    enter("a");
    enter("a");
    const seen: string[] = [];
    const third = enter("a")?.then(() => seen.push("third"));
    const fourth = enter("a")?.then(() => seen.push("fourth"));
    await settled();
    expect(seen).toEqual([]);
    leave("a");
    await third;
    expect(seen).toEqual(["third"]);
    leave("a");
    await fourth;
    expect(seen).toEqual(["third", "fourth"]);
  });

  it("refuses when too many wait, and says when to come back", () => {
    const { enter } = createAdmission(SMALL);
    for (let call = 0; call < 4; call += 1) enter("a");
    expect(() => enter("a")).toThrow(
      expect.objectContaining({ code: "too_many", details: { retryAfterSeconds: expect.any(Number) } }),
    );
    expect(enter("b")).toBeUndefined();
  });

  it("keeps room for another tool beside a crowd", async () => {
    const { enter, leave } = createAdmission({ perTool: 2, total: 2, waitingPerTool: 10, waiting: 20 });
    const order: string[] = [];
    enter("crowded");
    enter("crowded");
    for (let call = 0; call < 4; call += 1) void enter("crowded")?.then(() => order.push("crowded"));
    void enter("single")?.then(() => order.push("single"));
    for (let call = 0; call < 3; call += 1) {
      leave("crowded");
      await settled();
    }
    expect(order.indexOf("single")).toBeLessThan(2);
  });

  it("gives up the place of a call that is taken back while it waits", async () => {
    const { enter, leave } = createAdmission(SMALL);
    enter("a");
    enter("a");
    const gone = new AbortController();
    const left = enter("a", gone.signal);
    const next = enter("a");
    gone.abort();
    await expect(left).rejects.toMatchObject({ name: "Problem" });
    leave("a");
    await next;
  });

  it("never runs more than it may, loses nobody, and ends empty, whatever comes", async () => {
    const step = fc.record({ tool: fc.constantFrom("a", "b", "c"), act: fc.constantFrom("enter", "leave", "abort") });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 80 }), async (steps) => {
        const { enter, leave } = createAdmission(SMALL);
        const running: string[] = [];
        const waiting: { tool: string; gone: AbortController }[] = [];
        let outstanding = 0;
        const check = (): void => {
          expect(running.length).toBeLessThanOrEqual(SMALL.total);
          for (const tool of ["a", "b", "c"])
            expect(running.filter((one) => one === tool).length).toBeLessThanOrEqual(SMALL.perTool);
        };
        const come = (tool: string): void => {
          const entry = { tool, gone: new AbortController() };
          try {
            const turn = enter(tool, entry.gone.signal);
            if (turn === undefined) {
              running.push(tool);
              return;
            }
            waiting.push(entry);
            outstanding += 1;
            const over = (): void => {
              outstanding -= 1;
              waiting.splice(waiting.indexOf(entry), 1);
            };
            turn.then(() => {
              over();
              running.push(tool);
            }, over);
          } catch (error) {
            expect(error).toMatchObject({ code: "too_many" });
          }
        };
        for (const { tool, act } of steps) {
          if (act === "enter") come(tool);
          else if (act === "abort") waiting.find((one) => one.tool === tool)?.gone.abort();
          else if (running.includes(tool)) {
            running.splice(running.indexOf(tool), 1);
            leave(tool);
          }
          await Promise.resolve().then(() => {});
          await settled();
          check();
        }
        while (running.length > 0) {
          leave(running.pop() as string);
          await settled();
          check();
        }
        expect(outstanding).toBe(0);
        expect(enter("a")).toBeUndefined();
      }),
      { numRuns: 60 },
    );
  });
});
