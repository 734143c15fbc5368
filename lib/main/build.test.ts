import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { digestOfSources } from "./build.ts";

it("what the build writes itself does not make its pages stale, a changed source does", async () => {
  const root = mkdtempSync(join(tmpdir(), "whetstone-build-"));
  try {
    writeFileSync(join(root, "next.config.ts"), "export default {};");
    const before = await digestOfSources(root);
    writeFileSync(join(root, "next-env.d.ts"), "// written by next build");
    expect(await digestOfSources(root)).toBe(before);
    writeFileSync(join(root, "next.config.ts"), "export default { a: 1 };");
    expect(await digestOfSources(root)).not.toBe(before);
  } finally {
    rmSync(root, { recursive: true });
  }
});
