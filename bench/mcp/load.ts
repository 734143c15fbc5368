/**
 * The client process: reads one plan a line from stdin, keeps that many calls in flight over keep-alive sockets of its
 * own, and prints what it saw. It parses no more of HTTP than it has to, so that it takes little from what it measures.
 */
import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";

export type Plan = {
  readonly port: number;
  /** The request line and headers, without Content-Length and the empty line. */
  readonly head: string;
  /** The body; each `#` becomes the number of the call, so that no two are the same. */
  readonly body: string;
  /** What every good answer holds; each `#` is the number of the call. */
  readonly expected: string;
  readonly inFlight: number;
  readonly seconds: number;
};

export type Seen = {
  readonly calls: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
};

let number = 1_000_000;

/** Sends one call after the other until `until`; a wrong answer ends the process. */
async function lane(plan: Plan, until: number, times: number[]): Promise<void> {
  const socket: Socket = connect(plan.port, "127.0.0.1");
  socket.setNoDelay(true);
  socket.setEncoding("latin1");
  const bodyLength = plan.body.replaceAll("#", String(number)).length;
  const head = `${plan.head}\r\nContent-Length: ${bodyLength}\r\n\r\n`;
  const done = Promise.withResolvers<void>();
  let sentAt = 0;
  let current = "";
  let heard = "";
  const send = (): void => {
    number += 1;
    current = String(number);
    sentAt = performance.now();
    socket.write(head + plan.body.replaceAll("#", current), "latin1");
  };
  socket.on("connect", send);
  socket.on("error", done.reject);
  socket.on("close", () => done.reject(new Error("the server hung up")));
  socket.on("data", (chunk: string) => {
    heard = heard === "" ? chunk : heard + chunk;
    if (!isWhole(heard)) return;
    const at = performance.now();
    if (!heard.startsWith("HTTP/1.1 200") || !heard.includes(plan.expected.replaceAll("#", current))) {
      done.reject(new Error(`an answer that was not expected: ${heard.slice(0, 1_000)}`));
      return;
    }
    heard = "";
    times.push(at - sentAt);
    if (at < until) send();
    else {
      socket.removeAllListeners("close");
      socket.destroy();
      done.resolve();
    }
  });
  return done.promise;
}

/** Whether an answer has arrived to its end; JSON holds no raw line break, so the last chunk is told by its ending. */
function isWhole(heard: string): boolean {
  const end = heard.indexOf("\r\n\r\n");
  if (end === -1) return false;
  const length = /\r\ncontent-length: *(\d+)/i.exec(heard)?.[1];
  return length === undefined ? heard.endsWith("\r\n0\r\n\r\n") : heard.length >= end + 4 + Number(length);
}

async function measure(plan: Plan): Promise<Seen> {
  const times: number[] = [];
  const started = performance.now();
  const until = started + plan.seconds * 1_000;
  await Promise.all(Array.from({ length: plan.inFlight }, () => lane(plan, until, times)));
  const seconds = (performance.now() - started) / 1_000;
  times.sort((a, b) => a - b);
  const at = (share: number): number => Math.round((times[Math.floor(times.length * share)] ?? 0) * 1_000) / 1_000;
  return { calls: times.length, perSecond: Math.round(times.length / seconds), p50Ms: at(0.5), p99Ms: at(0.99) };
}

for await (const line of createInterface({ input: process.stdin }))
  process.stdout.write(`${JSON.stringify(await measure(JSON.parse(line) as Plan))}\n`);
