import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Behaviour, type ModelServer, startModelServer } from "#lib/testing/model-server.ts";
import { createModel } from "./create-model.ts";

const KEY = "sk-test-0123456789abcdef";
let server: ModelServer;
beforeAll(async () => {
  server = await startModelServer({ apiKey: KEY });
});
afterAll(() => server.close());

function ask(
  behaviours: Behaviour[],
  options: {
    apiKey?: string;
    timeoutMs?: number;
    signal?: AbortSignal;
    baseUrl?: string;
    onText?: (n: number) => void;
  } = {},
) {
  server.script(...behaviours);
  server.requests.length = 0;
  const model = createModel({
    baseUrl: options.baseUrl ?? server.baseUrl,
    apiKey: options.apiKey ?? KEY,
    name: "sharp-7b",
    timeoutMs: options.timeoutMs ?? 5_000,
  });
  return model.complete({
    messages: [
      { role: "system", content: "You mend tools." },
      { role: "user", content: "Mend this." },
    ],
    temperature: 0.2,
    signal: options.signal ?? new AbortController().signal,
    ...(options.onText ? { onText: options.onText } : {}),
  });
}

describe("createModel", () => {
  it("streams, reports how far it is, and takes the usage from the last chunk", async () => {
    const text = "const answer = 42;\n".repeat(20);
    const heard: number[] = [];
    const answer = await ask([{ kind: "answer", text }], { onText: (soFar) => heard.push(soFar) });
    expect(answer).toMatchObject({ text, completionTokens: Math.ceil(text.length / 4) });
    expect(heard.length).toBeGreaterThan(3);
    expect(heard.at(-1)).toBe(text.length);
    expect(server.requests[0]).toMatchObject({ model: "sharp-7b", stream: true, temperature: 0.2 });
    expect(server.requests[0]?.messages).toHaveLength(2);
  });

  it("asks again without a stream where the endpoint refuses one, or answers whole", async () => {
    for (const kind of ["no_streaming", "whole_only"] as const) {
      expect(await ask([{ kind, text: "whole" }])).toMatchObject({ text: "whole" });
      expect(server.requests.map(({ stream }) => stream ?? false)).toEqual([true, false]);
    }
  });

  it("asks again without a stream where one breaks off in the middle", async () => {
    expect(
      await ask([
        { kind: "drop", text: "half an ans" },
        { kind: "answer", text: "all of it" },
      ]),
    ).toMatchObject({
      text: "all of it",
    });
  });

  it("leaves the temperature out where the model takes none", async () => {
    expect(await ask([{ kind: "no_temperature", text: "cool" }])).toMatchObject({ text: "cool" });
    expect(server.requests.at(-1)?.temperature).toBeUndefined();
  });

  it("names the variable to set when the key is not accepted, and never the key", async () => {
    const wrong = "sk-wrong-9876543210fedcba";
    const answer = await ask([{ kind: "answer", text: "x" }], { apiKey: wrong });
    expect(answer).toMatchObject({ failure: "unauthorized" });
    expect(JSON.stringify(answer)).toContain("OPENAI_API_KEY");
    expect(JSON.stringify(answer)).not.toContain(wrong);
  });

  it("never repeats a key that the endpoint echoes", async () => {
    const answer = await ask([{ kind: "status", status: 422, message: `bad field for key ${KEY}` }]);
    expect(answer).toMatchObject({ failure: "refused" });
    expect(JSON.stringify(answer)).not.toContain(KEY);
  });

  it("gives up on silence before the answer and in the middle of it", async () => {
    for (const behaviour of [{ kind: "hang" }, { kind: "stall", text: "I think" }] satisfies Behaviour[]) {
      const answer = await ask([behaviour], { timeoutMs: 150 });
      expect(answer).toMatchObject({ failure: "timed_out" });
      expect(JSON.stringify(answer)).toContain("smaller");
    }
  });

  it("stops at once when told to", async () => {
    const controller = new AbortController();
    const answer = ask([{ kind: "hang" }], { signal: controller.signal });
    controller.abort();
    expect(await answer).toMatchObject({ failure: "cancelled" });
  });

  it("says what to do when nothing listens", async () => {
    const gone = await startModelServer({ apiKey: KEY });
    await gone.close();
    const answer = await ask([{ kind: "hang" }], { baseUrl: gone.baseUrl });
    expect(answer).toMatchObject({ failure: "unreachable" });
    expect(JSON.stringify(answer)).toMatch(/ECONNREFUSED.*OPENAI_BASE_URL/);
  });

  it("tells a page that is no API, an unknown model, an overload, a cut answer and an empty one apart", async () => {
    expect(await ask([{ kind: "malformed" }])).toMatchObject({ failure: "bad_answer" });
    expect(await ask([{ kind: "status", status: 404, message: "no such model" }])).toMatchObject({
      failure: "refused",
      message: expect.stringContaining("WHETSTONE_MODEL"),
    });
    expect(await ask([{ kind: "status", status: 503, message: "loading" }])).toMatchObject({ failure: "unreachable" });
    expect(await ask([{ kind: "truncated", text: "export def" }])).toMatchObject({
      failure: "bad_answer",
      message: expect.stringContaining("output limit"),
    });
    expect(await ask([{ kind: "answer", text: "  " }])).toMatchObject({ failure: "bad_answer" });
  });
});
