import { afterAll, beforeAll, expect, it } from "vitest";
import type { Comment, Proposal } from "#lib/core/proposal.ts";
import { openTestHouse, type TestHouse } from "#lib/testing/test-house.ts";

let house: TestHouse;
let proposal: string;
beforeAll(async () => {
  house = await openTestHouse();
  const { source } = (await ask("GET", "/tools/calculator")).body as { source: string };
  const made = await ask("POST", "/proposals", { tool: "calculator", source: `${source}\n`, rationale: "a line more" });
  proposal = `/proposals/${(made.body as Proposal).id}`;
});
afterAll(() => house?.close());

async function ask(method: string, path: string, body?: object): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${house.url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${house.key}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}

const say = async (more: object): Promise<Comment> =>
  (await ask("POST", `${proposal}/comments`, { text: "why?", ...more })).body as Comment;

it("a comment is about one line or several, which there must be", async () => {
  expect(await say({ line: 3, endLine: 5 })).toMatchObject({ line: 3, endLine: 5 });
  expect(await say({ line: 3, endLine: 3 })).not.toHaveProperty("endLine");
  const refused = async (more: object) => (await ask("POST", `${proposal}/comments`, { text: "why?", ...more })).body;
  expect(await refused({ endLine: 3 })).toMatchObject({ detail: "endLine: send the first line as line." });
  expect(await refused({ line: 3, endLine: 2 })).toMatchObject({ detail: "endLine: it comes before line 3." });
  expect(await refused({ line: 3, endLine: 9999 })).toMatchObject({
    status: 422,
    detail: expect.stringMatching(/^endLine: revision 1 has \d+ lines, so there is no line 9999\.$/),
  });
});

it("a comment is resolved and opened again, once each, with who did it", async () => {
  const { id } = await say({});
  const settle = (body: object) => ask("PATCH", `${proposal}/comments/${id}`, body);
  const first = (await settle({})).body as Comment;
  expect(first.resolved).toMatchObject({ by: { name: expect.any(String) }, at: expect.any(String) });
  expect((await settle({ resolved: true })).body).toEqual(first);
  const told = await ask("GET", "/audit?verb=proposal.comment_resolved");
  expect((told.body as { items: unknown[] }).items).toHaveLength(1);
  const { comments } = (await ask("GET", proposal)).body as { comments: Comment[] };
  expect(comments.find((one) => one.id === id)).toEqual(first);
  expect((await settle({ resolved: false })).body).not.toHaveProperty("resolved");
  expect(await ask("PATCH", `${proposal}/comments/01a22928-ae47-73d2-a5ff-5892667f961f`, {})).toMatchObject({
    status: 404,
    body: { detail: expect.stringContaining("has no comment") },
  });
});
