import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import type { Json } from "#lib/core/json.ts";
import { JsonView } from "./json-view.tsx";

const html = (value: Json, paths: string[] = []): string =>
  renderToStaticMarkup(createElement(JsonView, { value, paths }));

/** How deep the elements of a page lie in each other. */
function depthOf(page: string): number {
  let depth = 0;
  const depths = [...page.matchAll(/<(\/?)[a-z]+[^>]*?(\/?)>/g)].map(([, end, alone]) => {
    depth += end === "/" ? -1 : alone === "/" ? 0 : 1;
    return depth;
  });
  return Math.max(...depths);
}

it("nests a deep value no deeper than browsers take, and shows the rest of it as text", () => {
  const deep = JSON.parse(`${'{"a":'.repeat(400)}"the innermost"${"}".repeat(400)}`) as Json;
  expect(depthOf(html(deep))).toBeLessThan(150);
  expect(html(deep)).toContain("the innermost");
  expect(html(deep)).not.toContain("<mark");
  expect(html(deep, ["/a".repeat(400)])).toContain("<mark");
});

it("shows the name of a member also where it is empty", () => {
  expect(html({ "": "a value that is too long for a line together with the other", b: { "": 1 } })).toMatch(
    /&quot;&quot;: .*&quot;&quot;: /s,
  );
});
