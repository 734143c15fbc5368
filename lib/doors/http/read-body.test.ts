import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readJson, readJsonObject, readLines } from "./read-body.ts";

function request(body: string | Buffer[], headers: Record<string, string> = {}): IncomingMessage {
  const chunks = typeof body === "string" ? [Buffer.from(body)] : body;
  return Object.assign(Readable.from(chunks), { headers }) as unknown as IncomingMessage;
}

async function all(lines: AsyncIterable<string>): Promise<string[]> {
  const read: string[] = [];
  for await (const line of lines) read.push(line);
  return read;
}

describe("readJson", () => {
  it("reads JSON with any JSON type, or none stated", async () => {
    for (const type of ["application/json", "Application/JSON; charset=utf-8", "application/merge-patch+json", ""])
      expect(await readJson(request('{"a":1}', type === "" ? {} : { "content-type": type }))).toEqual({ a: 1 });
  });

  it("refuses what is not JSON, with 400 for its text and 415 for its type", async () => {
    await expect(readJson(request("{a:1}"))).rejects.toMatchObject({ status: 400 });
    const form = request("a=1", { "content-type": "application/x-www-form-urlencoded" });
    await expect(readJson(form)).rejects.toMatchObject({
      status: 415,
      message: expect.stringContaining("Content-Type"),
    });
  });

  it("says that it unpacks nothing", async () => {
    await expect(readJson(request("{}", { "content-encoding": "gzip" }))).rejects.toMatchObject({ status: 415 });
    expect(await readJson(request("{}", { "content-encoding": "identity" }))).toEqual({});
  });

  it("stops at the limit, stated or not", async () => {
    await expect(readJson(request("123456"), 5)).rejects.toMatchObject({ status: 413 });
    await expect(readJson(request("1", { "content-length": "6" }), 5)).rejects.toMatchObject({ status: 413 });
    expect(await readJson(request("12345"), 5)).toBe(12345);
  });

  it("takes an empty body for an empty object, and no other value", async () => {
    expect(await readJsonObject(request(""))).toEqual({});
    for (const body of ["[]", "1", '"a"']) await expect(readJsonObject(request(body))).rejects.toThrow("JSON object");
  });
});

describe("readLines", () => {
  it("gives the same lines however the bytes are cut", async () => {
    const line = fc.string({ unit: "grapheme" }).map((text) => text.replaceAll(/[\r\n]/g, ""));
    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 1 }), fc.integer({ min: 1, max: 7 }), async (lines, size) => {
        const bytes = Buffer.from(`${lines.join("\n")}\n`);
        const chunks: Buffer[] = [];
        for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
        expect(await all(readLines(Readable.from(chunks)))).toEqual(lines);
      }),
    );
  });

  it("takes a last line without its end, and line ends of Windows", async () => {
    expect(await all(readLines(Readable.from([Buffer.from("a\r\nb")])))).toEqual(["a", "b"]);
  });
});
