import { describe, expect, it } from "vitest";
import { pageOfRows, readCursor } from "./cursor.ts";

const ID = "0197a5b0-3f4e-7c21-9d1a-5a0b8b7c6d5e";
const made = (value: string, id: string = ID): string => Buffer.from(JSON.stringify([value, id])).toString("base64url");

describe("a cursor", () => {
  it.each([
    ["time", "2026-11-29T06:12:00.123456Z"],
    ["time", "12028-02-29T06:12:00.1Z"],
    ["number", "-1.5e-7"],
    ["whole", "31"],
    ["id", ID],
  ] as const)("of a list sorted by %s is read back: %s", (sortedBy, value) => {
    const { nextCursor } = pageOfRows([1, 2], 1, () => [value, ID], String);
    expect(readCursor(nextCursor, sortedBy)).toEqual({ value, id: ID });
  });

  it.each([
    ["time", "garbage"],
    ["time", made("2026-11-29T06:12:00.123456Z").slice(0, -9)],
    ["time", made("31")],
    ["time", made("2026-02-31T06:12:00.1Z")],
    ["time", made("2026-11-29T25:12:00.1Z")],
    ["time", made("2026-11-29T06:12:00.1Z", "-".repeat(36))],
    ["number", made("1e999")],
    ["whole", made("1.5")],
    ["whole", made("99999999999")],
    ["id", made("x", "-".repeat(36))],
  ] as const)(
    "that a list sorted by %s did not give is refused before the database sees it: %s",
    (sortedBy, cursor) => {
      expect(() => readCursor(cursor, sortedBy)).toThrow(/The cursor is not one that this list gave/);
    },
  );
});
