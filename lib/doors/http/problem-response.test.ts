import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PROBLEM_CODES, Problem } from "#lib/core/problem.ts";
import { describeError, HttpRefusal, sendProblem } from "./problem-response.ts";
import { readJson } from "./read-body.ts";
import { WholeRequest } from "./whole-request.ts";

const STATUS = {
  invalid_input: 422,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  too_many: 429,
  unavailable: 503,
};

function described(error: unknown) {
  const logged: unknown[] = [];
  const result = describeError(
    error,
    (_, cause) => logged.push(cause),
    () => "018f0000-0000-7000-8000-000000000000",
  );
  return { ...result, logged };
}

describe("describeError", () => {
  it.each(PROBLEM_CODES)("maps %s to its status, with the sentence and the details", (code) => {
    const { body, logged } = described(new Problem(code, "What was wrong.", { errors: [1] }));
    expect(body).toMatchObject({ status: STATUS[code], detail: "What was wrong.", code, errors: [1] });
    expect(body.type).toBe(`urn:whetstone:problem:${code.replaceAll("_", "-")}`);
    expect(logged).toEqual([]);
  });

  it("says when to come back", () => {
    expect(described(new Problem("too_many", "Later.", { retryAfterSeconds: 2.2 })).headers["retry-after"]).toBe("3");
    expect(described(new Problem("unavailable", "Later.")).headers["retry-after"]).toBe("1");
    expect(described(new Problem("unauthorized", "Who?")).headers["www-authenticate"]).toContain("Bearer");
  });

  it("does not let details replace what the problem says", () => {
    const { body } = described(new Problem("conflict", "No.", { status: 200, detail: "yes", title: "fine" }));
    expect(body).toMatchObject({ status: 409, detail: "No.", title: "In conflict with the present state" });
  });

  it("recognises a problem that another copy of the module made", () => {
    class Problem extends Error {
      override readonly name = "Problem";
      readonly code = "not_found";
      readonly details = {};
    }
    expect(described(new Problem("Gone.")).body.status).toBe(404);
  });

  it("keeps unknown causes to the log", () => {
    const cause = new Error("password=hunter2 at /srv/secret.ts");
    const { body, logged } = described(cause);
    expect(body.status).toBe(500);
    expect(JSON.stringify(body)).not.toMatch(/hunter2|secret/);
    expect(body.detail).toContain("018f0000-0000-7000-8000-000000000000");
    expect(logged).toEqual([cause]);
  });

  it("passes on what only HTTP knows", () => {
    const { body, headers } = described(new HttpRefusal(405, "Use GET.", { allow: "GET" }));
    expect(body).toMatchObject({ status: 405, detail: "Use GET." });
    expect(headers).toEqual({ allow: "GET" });
  });
});

describe("a body that is refused while it is sent", () => {
  const server = createServer({ IncomingMessage: WholeRequest }, async (request, response) => {
    try {
      await readJson(request, 1_000);
    } catch (error) {
      const { body, headers } = describeError(
        error,
        () => {},
        () => "id",
      );
      sendProblem(response, body.status, body, headers);
    }
  });
  const port = (): number => (server.address() as AddressInfo).port;
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it("lets its client read why, however much it sends, its length stated or not", async () => {
    const bytes = Buffer.alloc(20_000_000, "x");
    const stream = (): ReadableStream => new Blob([bytes]).stream();
    for (let round = 0; round < 5; round += 1)
      for (const body of [bytes, stream()]) {
        const sent = { method: "POST", body, duplex: "half" } as RequestInit;
        const answer = await fetch(`http://127.0.0.1:${port()}/`, sent);
        expect(answer.status).toBe(413);
        expect(await answer.json()).toMatchObject({ detail: expect.stringContaining("longer than") });
      }
  });

  it("does not wait for ever for a client that sends no more", async () => {
    const socket = connect(port(), "127.0.0.1").setEncoding("utf8");
    let heard = "";
    socket.on("data", (text) => {
      heard += text;
    });
    const closed = new Promise((resolve) => socket.once("close", resolve));
    socket.write("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\nx");
    await expect.poll(() => heard).toContain("longer than");
    await closed;
  });
});
