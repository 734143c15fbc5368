import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createModel } from "#lib/adapters/model/create-model.ts";
import type { Clock } from "#lib/ports/clock.ts";
import { type Behaviour, type ChatRequest, type ModelServer, startModelServer } from "#lib/testing/model-server.ts";
import { askModel, explainModel } from "./ask-model.ts";
import { choose } from "./decide.ts";
import { inProcessTrial } from "./in-process-trial.fixture.ts";
import { buildPrompt } from "./prompt.ts";
import { failureOf, situationOf } from "./situation.fixture.ts";

const KEY = "sk-test-0123456789abcdef";
const clock: Clock = { now: () => new Date(0), id: () => "id", seed: () => 1 };
let server: ModelServer;
let source: string;
let fixed: string;
beforeAll(async () => {
  server = await startModelServer({ apiKey: KEY });
  source = await readFile(new URL("../../../tools/calculator.ts", import.meta.url), "utf8");
  fixed = source
    .replace("{ defineTool }", "{ defineTool, ToolError }")
    .replace(
      'case "divide":',
      'case "divide":\n        if (b === 0) throw new ToolError("division_by_zero", "b must not be 0");',
    );
});
afterAll(() => server.close());

async function ask(
  behaviours: Behaviour[],
  options: { rounds?: number; temperatures?: number[]; timeoutMs?: number; key?: string; signal?: AbortSignal } = {},
) {
  server.script(...behaviours);
  server.requests.length = 0;
  const model = createModel({
    baseUrl: server.baseUrl,
    apiKey: options.key ?? KEY,
    name: "sharp-7b",
    timeoutMs: options.timeoutMs ?? 5_000,
  });
  const tryCandidate = inProcessTrial([
    { input: { operation: "divide", a: 1, b: 0 }, shouldThrow: "division_by_zero", target: true },
    { input: { operation: "divide", a: 8, b: 2 }, expected: { result: 4 } },
  ]);
  const result = await askModel(
    {
      candidate: { tool: "calculator", baseVersion: 1, purpose: "failing" },
      source,
      messages: buildPrompt(
        situationOf(source, {
          failing: [failureOf({ operation: "divide", a: 1, b: 0 }, "OutputNotJson", "result is Infinity")],
        }),
      ).messages,
      seen: new Set(),
      model,
      tryCandidate,
      clock,
      budget: { rounds: options.rounds ?? 3, temperatures: options.temperatures ?? [0.2], tokens: 1e6, seconds: 60 },
    },
    { signal: options.signal ?? new AbortController().signal, progress: async () => {} },
  );
  return { result, best: choose(result.tried, "partial"), model, explain: () => explainModel(model, result) };
}

const fenced = (code: string) => `The divisor was not checked, so I refuse zero.\n\n\`\`\`ts\n${code}\`\`\`\n`;

describe("askModel", () => {
  it("takes the fix out of the prose around it, with the model's reason and cost", async () => {
    const { best, result } = await ask([{ kind: "answer", text: fenced(fixed) }]);
    expect(best).toMatchObject({
      source: fixed,
      rationale: "The divisor was not checked, so I refuse zero.",
      origin: { kind: "model", name: "sharp-7b", host: new URL(server.baseUrl).host },
      trial: { verdict: "passed", targets: { total: 1, met: 1 } },
    });
    expect(best?.origin.cost?.promptTokens).toBeGreaterThan(100);
    expect(result.rounds).toBe(1);
    expect(server.requests[0]?.messages[1]?.content).toContain("OutputNotJson: result is Infinity");
  });

  it("asks for several candidates at once and proposes the best", async () => {
    const bad = source.replace("a / b", "a * b");
    const { best, result } = await ask(
      [
        { kind: "answer", text: fenced(bad) },
        { kind: "answer", text: fenced(fixed) },
      ],
      {
        temperatures: [0.2, 0.7],
      },
    );
    expect(server.requests.map(({ temperature }) => temperature).sort()).toEqual([0.2, 0.7]);
    expect(result.tried).toHaveLength(2);
    expect(best?.source).toBe(fixed);
  });

  it("feeds what went wrong back, round by round: no code, code that does not compile, code that fails", async () => {
    const heard: ChatRequest[] = [];
    const note = (text: string) => (request: ChatRequest) => {
      heard.push(request);
      return text;
    };
    const { best, result } = await ask(
      [
        { kind: "answer", text: note("You should check b.") },
        { kind: "answer", text: note(fenced(fixed.replace("run({", "run({{"))) },
        { kind: "answer", text: note(fenced(source.replace("a / b", "b / a"))) },
        { kind: "answer", text: note(fenced(fixed)) },
      ],
      { rounds: 4 },
    );
    expect(best?.source).toBe(fixed);
    expect(result.rounds).toBe(4);
    const last = heard.map(({ messages }) => messages.at(-1)?.content ?? "");
    expect(last[1]).toContain("no tool in it");
    expect(last[2]).toContain("refused before it ran");
    expect(last[3]).toContain("still wrong for");
    expect(heard[3]?.messages.at(-2)).toMatchObject({ role: "assistant" });
  });

  it("does not try the same source twice, nor the file as it was", async () => {
    const { best, result, explain } = await ask([{ kind: "answer", text: fenced(source) }], { rounds: 2 });
    expect(best).toBeNull();
    expect(result.tried.map(({ trial }) => trial)).toEqual([null, null]);
    expect(explain()).toContain("0 with a new source");
    expect(explain()).toContain("nothing is mended");
  });

  it("stops at once when the key is not accepted, and says what to set", async () => {
    const { result, explain } = await ask([{ kind: "answer", text: fenced(fixed) }], { key: "sk-other-00000000" });
    expect(result.rounds).toBe(1);
    expect(explain()).toContain("OPENAI_API_KEY");
    expect(explain()).not.toContain("sk-other");
  });

  it("goes on after a hang or a cut answer, and reports it when nothing better comes", async () => {
    const { best } = await ask(
      [{ kind: "hang" }, { kind: "truncated", text: "```ts\nimport" }, { kind: "answer", text: fenced(fixed) }],
      {
        timeoutMs: 150,
      },
    );
    expect(best?.source).toBe(fixed);
    const { explain } = await ask([{ kind: "hang" }], { timeoutMs: 100, rounds: 2 });
    expect(explain()).toContain("said nothing for 0.1 s");
  });

  it("stops in the middle when told to", async () => {
    const controller = new AbortController();
    const late = () => {
      controller.abort(new Error("stopped"));
      return "late";
    };
    const asked = ask([{ kind: "answer", text: late }], { signal: controller.signal });
    await expect(asked).rejects.toThrow("stopped");
  });
});
