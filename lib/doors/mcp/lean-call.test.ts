import { describe, expect, it } from "vitest";
import { readLeanCall } from "./lean-call.ts";

const HEADERS = { accept: "application/json, text/event-stream", "content-type": "application/json" };
const CALL = { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "calculator", arguments: { a: 1 } } };

describe("readLeanCall", () => {
  it.each([
    ["a number for an id", CALL, { id: 1, name: "calculator", input: { a: 1 } }],
    ["a text for an id", { ...CALL, id: "x" }, { id: "x", name: "calculator", input: { a: 1 } }],
    ["no arguments", { ...CALL, params: { name: "t" } }, { id: 1, name: "t", input: {} }],
  ])("takes a plain call with %s", (_what, body, call) => {
    expect(readLeanCall(HEADERS, body)).toEqual(call);
    for (const version of ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"])
      expect(readLeanCall({ ...HEADERS, "mcp-protocol-version": version }, body)).toEqual(call);
  });

  it.each([
    ["nothing", undefined],
    ["a batch", [CALL]],
    ["a notification", { ...CALL, id: undefined }],
    ["an id that is null", { ...CALL, id: null }],
    ["an id that is a fraction", { ...CALL, id: 1.5 }],
    ["another version of JSON-RPC", { ...CALL, jsonrpc: "1.0" }],
    ["another method", { ...CALL, method: "tools/list" }],
    ["a member of its own", { ...CALL, extra: 1 }],
    ["no params", { ...CALL, params: undefined }],
    ["params that are a list", { ...CALL, params: [] }],
    ["no name", { ...CALL, params: { arguments: {} } }],
    ["arguments that are no object", { ...CALL, params: { name: "t", arguments: [1] } }],
    ["arguments that are null", { ...CALL, params: { name: "t", arguments: null } }],
    ["a progress token", { ...CALL, params: { ...CALL.params, _meta: { progressToken: 1 } } }],
    ["a task", { ...CALL, params: { ...CALL.params, task: { ttl: 1 } } }],
    ["the feedback tool", { ...CALL, params: { name: "report_wrong_output" } }],
  ])("leaves %s to the SDK", (_what, body) => {
    expect(readLeanCall(HEADERS, body)).toBeNull();
  });

  it.each([
    { accept: "application/json" },
    { accept: undefined },
    { "content-type": "text/plain" },
    { "mcp-protocol-version": "2026-07-28" },
    { "mcp-protocol-version": "1999-01-01" },
    { "last-event-id": "1" },
    { "mcp-method": "tools/call" },
    { "mcp-name": "calculator" },
  ])("leaves requests with %o to the SDK", (headers) => {
    const asked = Object.fromEntries(Object.entries({ ...HEADERS, ...headers }).filter(([, value]) => value));
    expect(readLeanCall(asked, CALL)).toBeNull();
  });
});
