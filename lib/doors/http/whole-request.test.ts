import { createServer, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { readJson } from "./read-body.ts";
import { WholeRequest } from "./whole-request.ts";

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** A server that answers with what it read of each body, and says what it refused. */
async function serve(limit: number, late = false): Promise<{ server: Server; socket: Socket; refused: string[] }> {
  const refused: string[] = [];
  const server = createServer({ IncomingMessage: WholeRequest }, async (request, response) => {
    if (late) await new Promise((resolve) => setImmediate(resolve));
    try {
      response.end(JSON.stringify([request.url, (await readJson(request, limit)) ?? null]));
    } catch (error) {
      refused.push((error as Error).message);
      response.writeHead((error as { status?: number }).status ?? 500, { connection: "close" }).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  socket.setNoDelay(true).setEncoding("utf8");
  closers.push(() => {
    socket.destroy();
    server.close();
  });
  await new Promise((resolve) => socket.once("connect", resolve));
  return { server, socket, refused };
}

/** Everything that is heard until it holds `last`. */
function heard(socket: Socket, last: string): Promise<string> {
  let text = "";
  return new Promise((resolve, reject) => {
    socket.on("data", (chunk) => {
      text += chunk;
      if (text.includes(last)) resolve(text);
    });
    socket.on("close", () => reject(new Error(`it was closed after ${text}`)));
  });
}

const head = (path: string, length: number): string =>
  `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`;

describe("a request whose body is handed over whole", () => {
  it.each([false, true])(
    "reads bodies that come with their headers, one after another (read late: %s)",
    async (late) => {
      const { socket } = await serve(100, late);
      for (const number of [1, 2, 3]) {
        const answer = heard(socket, `["/${number}",{"a":${number}}]`);
        socket.write(`${head(`/${number}`, 7)}{"a":${number}}`);
        expect(await answer).toContain("HTTP/1.1 200");
        socket.removeAllListeners("data").removeAllListeners("close");
      }
    },
  );

  it("reads bodies that come in pieces, in the middle of a character too, and requests sent ahead", async () => {
    const { socket } = await serve(100);
    const body = Buffer.from('"ü€😀"');
    const answer = heard(socket, '["/last",null]');
    socket.write(head("/pieces", body.length));
    for (const byte of body) {
      await new Promise((resolve) => setImmediate(resolve));
      socket.write(Buffer.from([byte]));
    }
    socket.write(`${head("/ahead", 1)}1${head("/last", 0)}`);
    const text = await answer;
    expect([...text.matchAll(/\["\/.*\]/g)].map(String)).toEqual([
      '["/pieces","ü€😀"]',
      '["/ahead",1]',
      '["/last",null]',
    ]);
  });

  it("reads chunks, and stops at the limit where no length is stated", async () => {
    const { socket, refused } = await serve(10);
    const chunked = "POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    const answer = heard(socket, '["/c",12345]');
    socket.write(`${chunked}3\r\n123\r\n2\r\n45\r\n0\r\n\r\n`);
    await answer;
    socket.removeAllListeners("data").removeAllListeners("close");
    const refusal = heard(socket, "HTTP/1.1 413");
    socket.write(`${chunked}8\r\n12345678\r\n3\r\n901\r\n`);
    await refusal;
    expect(refused).toEqual([expect.stringContaining("longer than")]);
  });

  it("says that a body broke off", async () => {
    const { socket, server, refused } = await serve(100);
    const gone = new Promise<void>((resolve) => {
      server.on("request", (request) => request.on("close", resolve));
    });
    socket.write(`${head("/", 7)}{"a"`);
    await new Promise((resolve) => server.once("request", resolve));
    socket.destroy();
    await gone;
    await expect.poll(() => refused).toEqual(["The body broke off: send all of it."]);
  });
});
