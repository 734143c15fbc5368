import { afterAll, beforeAll, expect, it } from "vitest";
import { openTestHouse, type TestHouse } from "#lib/testing/test-house.ts";

let house: TestHouse;
beforeAll(async () => {
  house = await openTestHouse();
});
afterAll(() => house?.close());

async function ask(
  method: string,
  path: string,
  body?: string,
): Promise<{ status: number; body: unknown; text: string }> {
  const response = await fetch(`${house.url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${house.key}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  return { status: response.status, body: JSON.parse(text), text };
}

it("a case keeps every member of what was recorded, whatever its name", async () => {
  const { database } = house.machinery;
  const input = JSON.parse('{"__proto__":{"x":1},"constructor":{"y":[{"__proto__":null}]},"a":1}');
  const effects = [
    {
      call: 0,
      kind: "log" as const,
      request: [JSON.parse('{"__proto__":2}')],
      response: JSON.parse('{"__proto__":3}'),
      startedMs: 0,
      endedMs: 0,
    },
  ];
  const id = house.machinery.clock.id();
  await database.executions.record({
    id,
    tool: "calculator",
    version: 1,
    startedAt: new Date(),
    latencyMs: 1,
    status: "succeeded",
    input,
    output: JSON.parse('{"__proto__":{"z":1},"result":1}'),
    effects,
    caller: "test",
    shape: "s",
  });
  expect((await ask("POST", `/executions/${id}/case`, "{}")).status).toBe(201);
  const [kept] = await database.executions.cases("calculator");
  expect(JSON.stringify(kept?.input)).toBe(JSON.stringify(input));
  expect(JSON.stringify(kept?.expectedOutput)).toBe('{"__proto__":{"z":1},"result":1}');
  expect(JSON.stringify(kept?.effects)).toBe(JSON.stringify(effects));
});

it("no case is made of a call that was rejected", async () => {
  const call = await ask("POST", "/tools/calculator/executions", '{"input":{"operation":"root"}}');
  const { id } = call.body as { id: string };
  const made = await ask("POST", `/executions/${id}/case`, '{"shouldThrow":"bad"}');
  expect(made).toMatchObject({ status: 422, body: { detail: expect.stringContaining("was rejected") } });
});

it.each(["off", "shape"] as const)("no case is made of a call whose recording is %s", async (recording) => {
  expect((await ask("PATCH", "/tools/calculator/settings", JSON.stringify({ recording }))).status).toBe(200);
  const input = '{"input":{"operation":"add","a":2,"b":1}}';
  const { id } = (await ask("POST", "/tools/calculator/executions", input)).body as { id: string };
  await ask("PATCH", "/tools/calculator/settings", '{"recording":null}');
  expect(await ask("POST", `/executions/${id}/case`, '{"expectedOutput":{"result":3}}')).toMatchObject({
    status: 409,
    body: { detail: expect.stringContaining(`was recorded as "${recording}"`) },
  });
});

it("a call has one case, which fits the tool's schema, and which can be taken away", async () => {
  const { body: call } = await ask(
    "POST",
    "/tools/calculator/executions",
    '{"input":{"operation":"add","a":20,"b":1}}',
  );
  const path = `/executions/${(call as { id: string }).id}/case`;
  const unfit = await ask("POST", path, '{"expectedOutput":{"wrong":9}}');
  expect(unfit).toMatchObject({ status: 422, body: { detail: expect.stringContaining("output schema") } });
  const first = await ask("POST", path, "{}");
  expect(first).toMatchObject({ status: 201, body: { description: "answers as recorded" } });
  const second = await ask("POST", path, '{"expectedOutput":{"result":22}}');
  expect(second).toMatchObject({ status: 201, body: { description: "answers as corrected" } });
  const kept = async () => {
    const { body } = await ask("POST", "/tools/calculator/cases/runs", "{}");
    return (body as { items: { id?: string; expectedOutput?: unknown }[] }).items.filter(({ id }) => id !== undefined);
  };
  const { id } = second.body as { id: string };
  expect((await kept()).filter((one) => one.id === id)).toMatchObject([{ expectedOutput: { result: 22 } }]);
  expect((await kept()).some((one) => one.id === (first.body as { id: string }).id)).toBe(false);
  expect(await ask("DELETE", `/tools/calculator/cases/${id}`)).toMatchObject({ status: 200, body: { removed: true } });
  expect(await ask("DELETE", `/tools/calculator/cases/${id}`)).toMatchObject({ status: 404 });
  expect((await kept()).some((one) => one.id === id)).toBe(false);
});

it("a right answer that the tool's own rules forbid is refused where that is asked for, and by its schema always", async () => {
  const call = await ask("POST", "/tools/split_bill/executions", JSON.stringify({ input: { amount: 100, people: 3 } }));
  const path = `/executions/${(call.body as { id: string }).id}/feedback`;
  const wrong = (shares: unknown, checked: boolean) =>
    ask("POST", path, JSON.stringify({ correct: false, expectedOutput: { total: 100, shares }, checked }));
  const broken = await wrong([33.34, 33.33], true);
  expect(broken).toMatchObject({ status: 422, body: { broken: "there is a share for each person" } });
  expect(broken.text).toContain("leave it empty");
  for (const checked of [true, false]) expect((await wrong("a third each", checked)).status).toBe(422);
  expect((await wrong([33.34, 33.33, 33.33], true)).status).toBe(201);
  expect((await wrong([33.34, 33.33], false)).status).toBe(201);
});

it("what it answered is no right answer to a wrong one, however it is written", async () => {
  const call = await ask("POST", "/tools/split_bill/executions", JSON.stringify({ input: { amount: 90, people: 3 } }));
  const path = `/executions/${(call.body as { id: string }).id}/feedback`;
  const same = await ask("POST", path, '{"correct": false, "expectedOutput": {"shares": [30.0, 30, 30], "total": 90}}');
  expect(same).toMatchObject({
    status: 422,
    body: { detail: "expectedOutput is what it answered: send what it should have been, or leave it out." },
  });
  expect((await ask("POST", path, '{"correct": false}')).status).toBe(201);
});

it("a refusal says each thing once, in words that fit", async () => {
  const wrong = await ask("GET", "/tools/calculator/diff?to=1e99");
  expect(wrong.body).toMatchObject({ status: 422, errors: [{ path: "to", message: "takes a version number" }] });
  expect((await ask("GET", "/tools/calculator/versions/99")).body).toMatchObject({
    detail: "calculator has no version 99: GET /api/v1/tools/calculator/versions lists them.",
  });
  await house.machinery.database.tools.upsert({ name: "torn", loadError: "line 1: it does not parse." });
  expect((await ask("POST", "/tools/torn/executions", '{"input":{}}')).body).toMatchObject({
    detail: "torn has no version that answers calls: line 1: it does not parse.",
  });
});
