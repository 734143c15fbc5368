import { defineTool } from "whetstone";

const LINK = /(!?)\[((?:[^[\]]+|\[[^\]]*\])*)\]\(\s*<?([^\s)>]+)>?(?:\s+"[^"]*")?\s*\)/g;

export default defineTool({
  name: "extract_links",
  description: "Lists the links of a Markdown text with their labels, in the order in which they appear; pictures are left out",
  inputSchema: {
    type: "object",
    required: ["markdown"],
    properties: {
      markdown: { type: "string", maxLength: 200000 },
      unique: { type: "boolean", description: "Whether an address is listed only once" },
    },
    additionalProperties: false,
  },
  outputSchema: {
    type: "object",
    required: ["links"],
    properties: {
      links: {
        type: "array",
        items: {
          type: "object",
          required: ["label", "url"],
          properties: { label: { type: "string" }, url: { type: "string" } },
          additionalProperties: false,
        },
      },
    },
    additionalProperties: false,
  },
  characteristics: {
    idempotent: true,
    sideEffects: [],
    safeForShadowTesting: true,
    requiresMocking: [],
    testDataAvailable: true,
  },
  permissions: { network: [], kv: "none", secrets: [] },
  testCases: [
    {
      description: "finds links in prose",
      input: { markdown: "See [the docs](https://example.com/docs) and [the code](https://example.com/code)." },
      expectedOutput: {
        links: [
          { label: "the docs", url: "https://example.com/docs" },
          { label: "the code", url: "https://example.com/code" },
        ],
      },
    },
    {
      description: "takes brackets inside a label",
      input: { markdown: "[release [beta] notes](https://example.com/beta)" },
      expectedOutput: { links: [{ label: "release [beta] notes", url: "https://example.com/beta" }] },
    },
    {
      description: "leaves pictures out",
      input: { markdown: "![logo](logo.png) [home](/)" },
      expectedOutput: { links: [{ label: "home", url: "/" }] },
    },
    {
      description: "lists an address once when asked to",
      input: { markdown: "[a](/x) [b](/x)", unique: true },
      expectedOutput: { links: [{ label: "a", url: "/x" }] },
    },
    { description: "finds nothing in plain text", input: { markdown: "no links here" }, expectedOutput: { links: [] } },
  ],
  owners: ["content"],
  latencyBudgetMs: 50,
  run({ markdown, unique = false }) {
    const links: { label: string; url: string }[] = [];
    const seen = new Set<string>();
    for (const [, picture, label = "", url = ""] of markdown.matchAll(LINK)) {
      if (picture === "!" || (unique && seen.has(url))) continue;
      seen.add(url);
      links.push({ label, url });
    }
    return { links };
  },
});
