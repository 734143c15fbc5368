import { describe, expect, it } from "vitest";
import type { InspectResult, Sandbox } from "#lib/ports/sandbox.ts";
import { inspectFile } from "./inspect-file.ts";

const FILE = { name: "a", source: "source", hash: "hash" };
const good = (name: string, ...network: string[]) =>
  ({ ok: true, manifest: { name, permissions: { network } } }) as unknown as InspectResult;
const GOOD = good("a", "api.example.com");

/** A sandbox that answers one after the other, and counts how often it was asked. */
function answering(...answers: (InspectResult | Error)[]): { sandbox: Sandbox; asked: () => number } {
  let count = 0;
  const inspect = async (): Promise<InspectResult> => {
    const answer = answers[Math.min(count++, answers.length - 1)] ?? GOOD;
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { sandbox: { inspect } as unknown as Sandbox, asked: () => count };
}

describe("inspectFile", () => {
  it("asks once about a file that loads", async () => {
    const { sandbox, asked } = answering(GOOD);
    expect(await inspectFile(sandbox, FILE)).toEqual(GOOD);
    expect(await inspectFile(sandbox, FILE)).toEqual(GOOD);
    expect(asked()).toBe(1);
    await inspectFile(sandbox, { ...FILE, hash: "other" });
    expect(asked()).toBe(2);
  });

  it("takes back a fault that was the machine's, and believes one that comes again and again", async () => {
    const late = { ok: false, error: "Evaluating the module does not end" } as const;
    const mended = answering(late, GOOD);
    expect(await inspectFile(mended.sandbox, FILE)).toEqual(late);
    expect(await inspectFile(mended.sandbox, FILE)).toEqual(GOOD);
    const broken = answering(late);
    for (let look = 0; look < 6; look += 1) expect(await inspectFile(broken.sandbox, FILE)).toEqual(late);
    expect(broken.asked()).toBe(3);
  });

  it("says that the sandbox was lost, and that a tool calls itself by another name", async () => {
    const { sandbox } = answering(new Error("gone"), good("b"));
    expect(await inspectFile(sandbox, FILE)).toMatchObject({ ok: false, error: expect.stringContaining("gone") });
    expect(await inspectFile(sandbox, FILE)).toMatchObject({ ok: false, error: expect.stringContaining('"b"') });
  });

  it("refuses a host that no request could reach, and says what to write", async () => {
    const { sandbox } = answering(good("a", "https://x.example/"));
    const error = 'permissions.network names "https://x.example/", which is no host: write "x.example"';
    expect(await inspectFile(sandbox, FILE)).toEqual({ ok: false, error });
  });
});
