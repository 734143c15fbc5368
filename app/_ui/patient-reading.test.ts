import { afterEach, expect, test, vi } from "vitest";
import { patientReading } from "./patient-reading.ts";

afterEach(() => vi.useRealTimers());

const PAGE = { headers: { rsc: "1" } };

/** A server that is away for so many requests. */
function awayFor(times: number): typeof fetch & { asked: () => number } {
  let asked = 0;
  const server = async (): Promise<Response> => {
    asked += 1;
    if (asked <= times) throw new TypeError("Failed to fetch");
    return new Response("whole");
  };
  return Object.assign(server, { asked: () => asked });
}

test("a page is asked for until the server is back", async () => {
  vi.useFakeTimers();
  const server = awayFor(3);
  const page = patientReading(server)("/proposals/1", PAGE);
  await vi.runAllTimersAsync();
  expect(await (await page).text()).toBe("whole");
  expect(server.asked()).toBe(4);
});

test("a page that breaks off is asked for again", async () => {
  vi.useFakeTimers();
  let asked = 0;
  const page = patientReading(async () => {
    asked += 1;
    if (asked > 1) return new Response("whole");
    const broken = new ReadableStream({
      pull: (stream) => stream.error(new TypeError("network error")),
    });
    return new Response(broken);
  })("/", PAGE);
  await vi.runAllTimersAsync();
  expect(await (await page).text()).toBe("whole");
});

test.each([
  ["an action", { ...PAGE, method: "POST" }],
  ["anything but a page", {}],
])("%s is asked for once", async (_, init) => {
  const server = awayFor(1);
  await expect(patientReading(server)("/", init)).rejects.toThrow("Failed to fetch");
  expect(server.asked()).toBe(1);
});

test("a page that is called off is not asked for again", async () => {
  const server = awayFor(9);
  await expect(patientReading(server)("/", { ...PAGE, signal: AbortSignal.abort() })).rejects.toThrow();
  expect(server.asked()).toBe(1);
});
