/** A steady stream of calls to some servers, each with its answer on record. */
import { Agent, request } from "node:http";

export type Server = { readonly url: string; readonly key: string };

export type Call = {
  readonly server: number;
  /** Milliseconds of the process's clock. */
  readonly start: number;
  readonly end: number;
  /** Null where the call failed: no answer, or not the right one. */
  readonly version: number | null;
};

export type Traffic = { readonly calls: Call[]; readonly problems: string[]; stop(): Promise<void> };

const TICK_MS = 4;
/** Calls that may be open at once: a server that does not keep up is asked for less, and the figure says so. */
const MOST_OPEN = 256;

/** Asks for so many calls a second over all servers in turn, without waiting for earlier answers. */
export function startTraffic(servers: readonly Server[], tool: string, perSecond: number): Traffic {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const calls: Call[] = [];
  const problems: string[] = [];
  const open = new Set<Promise<void>>();
  const began = performance.now();
  let asked = 0;
  const timer = setInterval(() => {
    for (const due = ((performance.now() - began) / 1000) * perSecond; asked < due; asked += 1) {
      if (open.size >= MOST_OPEN) continue;
      const one = call(asked % servers.length);
      open.add(one);
      void one.finally(() => open.delete(one));
    }
  }, TICK_MS);

  async function call(server: number): Promise<void> {
    const start = performance.now();
    let version: number | null = null;
    try {
      const { status, body } = await post(agent, servers[server] as Server, `/api/v1/tools/${tool}/executions`, {
        input: { a: 9, b: 3 },
      });
      const answer = JSON.parse(body) as { status?: string; version?: number; output?: { result?: number } };
      if (status === 200 && answer.status === "succeeded" && answer.output?.result === 3)
        version = answer.version ?? null;
      else problems.push(`${status} ${body.slice(0, 300)}`);
    } catch (error) {
      problems.push(String(error));
    }
    calls.push({ server, start, end: performance.now(), version });
  }

  return {
    calls,
    problems,
    async stop() {
      clearInterval(timer);
      await Promise.all(open);
      agent.destroy();
    },
  };
}

/** Sends JSON and reads the whole answer. */
export function post(
  agent: Agent | undefined,
  { url, key }: Server,
  path: string,
  body: unknown,
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const text = JSON.stringify(body);
    const sent = request(
      `${url}${path}`,
      {
        method: "POST",
        ...(agent === undefined ? {} : { agent }),
        headers: {
          authorization: `Bearer ${key}`,
          "content-type": "application/json",
          "content-length": Buffer.byteLength(text),
        },
      },
      (response) => {
        let answer = "";
        response.setEncoding("utf8");
        response.on("data", (part: string) => {
          answer += part;
        });
        response.on("end", () => resolve({ status: response.statusCode ?? 0, body: answer }));
        response.on("error", reject);
      },
    );
    sent.on("error", reject);
    sent.end(text);
  });
}
