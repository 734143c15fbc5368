/** A week of plausible traffic in the format of imports, so that pages are seen with something on them. */

type Line = {
  tool: string;
  startedAt: string;
  latencyMs: number;
  status: string;
  input: unknown;
  output?: unknown;
  error?: { name: string; message: string };
  caller: string;
};

const HOUR = 3_600_000;
const CALLERS = ["support-agent", "research-agent", "billing-agent"];

/** A small generator with a seed (mulberry32), so that two runs show the same pages. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Of the last twenty hours: forty answers of the converter that come late, and three calls that never ended. */
export function lateAnswers(now: number): string {
  const lines = Array.from({ length: 43 }, (_, index): Line => {
    const input = { value: index, from: "km", to: "mi" };
    const base = { tool: "convert_units", caller: "support-agent", input };
    const startedAt = new Date(now - 20 * HOUR + index * 27 * 60_000).toISOString();
    return index < 40
      ? { ...base, startedAt, latencyMs: 180 + index, status: "succeeded", output: { value: index * 0.621371 } }
      : { ...base, startedAt, latencyMs: 10_000, status: "timed_out" };
  });
  return lines.map((line) => JSON.stringify(line)).join("\n");
}

/** Six days of calls, one of ten of which fails: for five days in one way, on the last one in another. */
export function turnedFailures(now: number): string {
  const lines = Array.from({ length: 1_440 }, (_, index): Line => {
    const startedAt = new Date(now - 144 * HOUR + index * 6 * 60_000).toISOString();
    const base = {
      tool: "extract_links",
      startedAt,
      latencyMs: 2,
      caller: "research-agent",
      input: { text: `${index}` },
    };
    const name = index < 1_200 ? "TypeError" : "RangeError";
    return index % 10 === 9
      ? { ...base, status: "failed", error: { name, message: `no ${name} was expected` } }
      : { ...base, status: "succeeded", output: { links: [] } };
  });
  return lines.map((line) => JSON.stringify(line)).join("\n");
}

/** Calls over the days before `now`: the calculator begins to be asked for divisions by zero twenty hours ago. */
export function weekOfTraffic(now: number, seed = 7): string {
  const random = randomFrom(seed);
  const lines: Line[] = [];
  for (let at = now - 6 * 24 * HOUR; at < now - 60_000; at += HOUR * (0.25 + random())) {
    const caller = CALLERS[Math.floor(random() * CALLERS.length)] as string;
    const base = { startedAt: new Date(at).toISOString(), caller };
    const a = Math.round(random() * 400);
    const divides = at > now - 20 * HOUR && random() < 0.45;
    lines.push(
      divides
        ? {
            ...base,
            tool: "calculator",
            latencyMs: 0.4 + random(),
            status: "failed",
            input: { operation: "divide", a, b: 0 },
            error: { name: "OutputNotJson", message: "The output is not JSON: /result is Infinity" },
          }
        : {
            ...base,
            tool: "calculator",
            latencyMs: 0.3 + random(),
            status: "succeeded",
            input: { operation: "add", a, b: 2 },
            output: { result: a + 2 },
          },
    );
    lines.push({
      ...base,
      tool: "text_statistics",
      latencyMs: 1 + random() * 3,
      status: "succeeded",
      input: { text: `Note ${a}.` },
      output: { words: 2, characters: 8, sentences: 1, readingSeconds: 1 },
    });
    if (random() < 0.6)
      lines.push({
        ...base,
        tool: "convert_units",
        latencyMs: 0.5 + random() * (at > now - 30 * HOUR ? 6 : 1),
        status: "succeeded",
        input: { value: a, from: "km", to: "mi" },
        output: { value: a * 0.621371 },
      });
  }
  return lines.map((line) => JSON.stringify(line)).join("\n");
}
