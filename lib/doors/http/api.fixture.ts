/** A house with its admin key, asked through HTTP alone. */
import { openTestHouse, type TestHouse } from "#lib/testing/test-house.ts";

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into member by member
type Answer = { status: number; body: any; headers: Headers };
type Ask = (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer>;

/** Opens one; `ask` speaks JSON under the API's path. */
export async function openApi() {
  const house = await openTestHouse();
  const ask: Ask = async (method, path, body, headers = {}) => {
    const response = await fetch(`${house.url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${house.key}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    return { status: response.status, body: JSON.parse(await response.text()), headers: response.headers };
  };
  return {
    house,
    ask,
    call: (input: unknown, tool = "calculator") => ask("POST", `/tools/${tool}/executions`, { input }),
    settledProposal: (id: string) => settledProposal(house, ask, id),
  };
}

export type Api = Awaited<ReturnType<typeof openApi>>;

export const BY_ZERO = { operation: "divide", a: 1, b: 0 };

/** Follows jobs until the proposal is where it waits for somebody. */
async function settledProposal(house: TestHouse, ask: Ask, id: string) {
  const events = house.machinery.database;
  const deadline = Date.now() + 90_000;
  for (;;) {
    const { body } = await ask("GET", `/proposals/${id}`);
    if (body.state !== "generating" && body.state !== "testing") return body;
    if (Date.now() > deadline) throw new Error(`proposal ${id} stays ${body.state}`);
    await new Promise<void>((resolve) => {
      const limit = setTimeout(done, 2_000);
      const stop = events.subscribe((event) => {
        if (event.id === id || event.kind === "job") done();
      });
      function done(): void {
        clearTimeout(limit);
        stop();
        resolve();
      }
    });
  }
}
