/** Talks to the running server with the key of the installation. */
import { resolve } from "node:path";
import type { Readable } from "node:stream";
import { CliFailure, type Terminal, UsageError } from "./terminal.ts";

export type Client = {
  /** Where the server is, without a slash at the end. */
  readonly address: string;
  request(
    method: string,
    path: string,
    options?: { query?: URLSearchParams; body?: unknown; stream?: Readable },
  ): Promise<{ status: number; answer: unknown }>;
};

/** Finds address and key: the environment first, then what the running server left in its home folder. */
export async function createClient(terminal: Terminal): Promise<Client> {
  const { env } = terminal;
  const home = resolve(terminal.root, env.WHETSTONE_HOME || ".whetstone");
  const address = env.WHETSTONE_URL
    ? env.WHETSTONE_URL.replace(/\/+$/, "")
    : env.PORT
      ? `http://127.0.0.1:${env.PORT}`
      : await addressOfRunning(terminal, home);
  if (!/^https?:/.test(address) || !URL.canParse(address))
    throw new UsageError(`WHETSTONE_URL is "${address}", but takes an address such as http://127.0.0.1:3000.`);
  let key = env.WHETSTONE_KEY;
  if (!key) {
    const path = resolve(home, "admin-key");
    key = await terminal.readFile(path).then(
      (text) => text.trim(),
      () => undefined,
    );
    if (!key)
      throw new CliFailure(
        `there is no key in ${path}: start Whetstone here with npm start, or set WHETSTONE_KEY and WHETSTONE_URL.`,
      );
  }
  return {
    address,
    async request(method, path, { query, body, stream } = {}) {
      const search = query !== undefined && query.size > 0 ? `?${query}` : "";
      const init: RequestInit & { duplex?: "half" } = {
        method,
        headers: { authorization: `Bearer ${key}`, accept: "application/json" },
      };
      if (stream !== undefined) {
        init.headers = { ...init.headers, "content-type": "application/x-ndjson" };
        init.body = stream as unknown as NonNullable<RequestInit["body"]>;
        init.duplex = "half";
      } else if (body !== undefined) {
        init.headers = { ...init.headers, "content-type": "application/json" };
        init.body = JSON.stringify(body);
      }
      let response: Response;
      try {
        response = await terminal.fetch(`${address}/api/v1${path}${search}`, init);
      } catch (error) {
        throw new CliFailure(
          `nothing answers at ${address} (${reasonOf(error)}): start it with npm start, or set WHETSTONE_URL.`,
        );
      }
      return { status: response.status, answer: await parse(response, address) };
    },
  };
}

async function parse(response: Response, address: string): Promise<unknown> {
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    const hint = response.status === 503 ? "it is still starting, try again" : "is WHETSTONE_URL right?";
    throw new CliFailure(`what answers at ${address} is not Whetstone's API (status ${response.status}): ${hint}.`);
  }
}

async function addressOfRunning(terminal: Terminal, home: string): Promise<string> {
  const fallback = "http://127.0.0.1:3000";
  try {
    const { url } = JSON.parse(await terminal.readFile(resolve(home, "running.json"))) as { url: string };
    return new URL(url).port === "0" ? fallback : url;
  } catch {
    return fallback;
  }
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? (Reflect.get(cause, "code") ?? cause.message) : String(cause);
}
