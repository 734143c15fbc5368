import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { shellWord } from "./shell-word.ts";

it("leaves a plain path as it is", () => {
  expect(shellWord("/home/ada/whetstone/.whetstone/admin-key")).toBe("/home/ada/whetstone/.whetstone/admin-key");
});

it.each(["/my home/$(id)/admin-key", "/it's/`x`/key", 'C:\\a"b', "", "/ü/a\nb"])("keeps %j one word", (path) => {
  const said = execFileSync("sh", ["-c", `printf %s "$(printf %s. ${shellWord(path)})"`], { encoding: "utf8" });
  expect(said).toBe(`${path}.`);
});
