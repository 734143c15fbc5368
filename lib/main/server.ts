/** The web server: calls, API and MCP are answered here; everything else is the page framework's. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { WholeRequest } from "#lib/doors/http/whole-request.ts";
import { ASKED_FOR } from "./global.ts";

/** Answers a request, or says (false) that it is not its own: at once, where its address alone tells. */
export type Door = (request: IncomingMessage, response: ServerResponse) => Promise<boolean> | boolean;

export type RunningServer = { readonly url: string; readonly port: number; close(): Promise<void> };

/**
 * Listens and hands each request to the first door that takes it, then to the pages.
 * @throws Error with one line where the address cannot be had
 */
export async function listen(options: {
  host: string;
  port: number;
  doors: () => Door[];
  pages: () => Door;
}): Promise<RunningServer> {
  const server: Server = createServer({ IncomingMessage: WholeRequest }, (request, response) => {
    void answer(request, response, options.doors(), options.pages());
  });
  server.keepAliveTimeout = 65_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(new Error(explain(error, options))));
    server.listen(options.port, options.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const shown = options.host === "0.0.0.0" || options.host === "::" ? "127.0.0.1" : options.host;
  return {
    port,
    url: `http://${shown.includes(":") ? `[${shown}]` : shown}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        // Event streams never end by themselves; calls in flight get two seconds.
        server.closeIdleConnections();
        setTimeout(() => server.closeAllConnections(), 2_000).unref();
      }),
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  doors: readonly Door[],
  pages: Door,
): Promise<void> {
  try {
    readAsOriginForm(request);
    for (const door of doors) {
      const taken = door(request, response);
      if (taken === true || (taken !== false && (await taken))) return;
    }
    readAsText(request);
    // The pages are not told their address by the framework; whatever a client sends under this name is written over.
    request.headers[ASKED_FOR] = request.url ?? "/";
    if (!(await pages(request, response))) response.writeHead(404).end();
  } catch (error) {
    process.stderr.write(
      `whetstone: ${request.method} ${request.url} failed: ${error instanceof Error ? error.stack : String(error)}\n`,
    );
    if (!response.headersSent) response.writeHead(500, { "content-type": "text/plain" });
    response.end("Something went wrong here; the log says what.\n");
  }
}

/** A whole address as the target is its path, and its host counts, whatever the header says (RFC 9112, 3.2.2). */
function readAsOriginForm(request: IncomingMessage): void {
  const { url = "" } = request;
  if (url.startsWith("/") || !URL.canParse(url)) return;
  const { host, pathname, search } = new URL(url);
  request.headers.host = host;
  request.url = `${pathname}${search}`;
}

/** A path whose escapes are no text is taken letter by letter: then there is no such page, and that is what is said. */
function readAsText(request: IncomingMessage): void {
  const [path = "", ...query] = (request.url ?? "").split("?");
  try {
    decodeURIComponent(path);
  } catch {
    request.url = [path.replaceAll("%", "%25"), ...query].join("?");
  }
}

function explain(error: NodeJS.ErrnoException, { host, port }: { host: string; port: number }): string {
  if (error.code === "EADDRINUSE")
    return `port ${port} is taken by another program: choose a free one, for example PORT=${port + 1} npm start.`;
  if (error.code === "EACCES")
    return `port ${port} needs more rights than you have: choose one above 1023, for example PORT=3000 npm start.`;
  if (error.code === "EADDRNOTAVAIL")
    return `WHETSTONE_HOST is "${host}", which is no address of this machine: leave it out for 127.0.0.1.`;
  if (error.code === "ENOTFOUND" || error.code?.startsWith("EAI_"))
    return `WHETSTONE_HOST is "${host}", but takes an address to listen on: this machine finds none of that name.`;
  return `cannot listen on ${host}:${port}: ${error.message}`;
}
