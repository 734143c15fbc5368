/** Tools as MCP clients see them; annotations come from characteristics and permissions that the sandbox enforces. */
import type { Tool as McpTool } from "@modelcontextprotocol/server";
import type { Manifest } from "#lib/core/tool.ts";
import type { Version } from "#lib/core/version.ts";
import type { Database } from "#lib/ports/database.ts";

export const REPORT_WRONG_OUTPUT = "report_wrong_output";

/** The feedback door: an agent's word on an output of an earlier call. */
const REPORT_TOOL: McpTool = {
  name: REPORT_WRONG_OUTPUT,
  title: "Report a wrong output",
  description:
    "Says that the output of an earlier tool call was wrong, and what it should have been where that is known. Take the execution id from the _meta of that call's result.",
  inputSchema: {
    type: "object",
    required: ["executionId"],
    properties: {
      executionId: { type: "string", description: "The id under whetstone/executionId in the _meta of the result" },
      expectedOutput: { description: "The output that would have been right" },
      note: { type: "string", description: "What is wrong, in a sentence" },
    },
    additionalProperties: false,
  },
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: false },
};

/** Hints for clients: reading is what neither declares effects nor holds permission to write. */
export function annotationsOf({ characteristics, permissions }: Manifest) {
  const reachesOut = permissions.network.length > 0;
  const readOnly = characteristics.sideEffects.length === 0 && permissions.kv !== "write";
  return {
    readOnlyHint: readOnly,
    idempotentHint: characteristics.idempotent,
    // Who may write may overwrite: that it only ever adds is nothing that the sandbox could enforce.
    destructiveHint: !readOnly,
    openWorldHint: reachesOut,
  };
}

function describeTool(version: Version): McpTool {
  const { manifest } = version;
  return {
    name: manifest.name,
    description: manifest.description,
    inputSchema: { type: "object", ...manifest.inputSchema } as McpTool["inputSchema"],
    ...(Object.keys(manifest.outputSchema).length === 0 ? {} : { outputSchema: manifest.outputSchema }),
    annotations: annotationsOf(manifest),
    _meta: { "whetstone/version": version.number },
  };
}

type OutputSchema = Readonly<Record<string, unknown>> | undefined;

export type ToolList = {
  /** All active tools by name, with the feedback tool last. */
  list(): Promise<McpTool[]>;
  /** The output schema that a version of a tool is listed with. */
  outputSchema(name: string, version: number): OutputSchema | Promise<OutputSchema>;
};

/** Versions never change, so each is read once. */
export function createToolList(database: Database): ToolList {
  const described = new Map<string, McpTool>();
  /** The version that answered last, of each tool: nearly every call is the next one's. */
  const answered = new Map<string, { readonly version: number; readonly schema: OutputSchema }>();

  async function describeVersion(name: string, number: number): Promise<McpTool | null> {
    const key = `${name}@${number}`;
    const known = described.get(key);
    if (known !== undefined) return known;
    const version = await database.versions.find(name, number);
    if (version === null) return null;
    const made = describeTool(version);
    described.set(key, made);
    return made;
  }

  return {
    async list() {
      const tools = await database.tools.list();
      const made = await Promise.all(
        tools.map(({ name, activeVersion }) => (activeVersion === null ? null : describeVersion(name, activeVersion))),
      );
      const present = made.filter((tool) => tool !== null && tool.name !== REPORT_WRONG_OUTPUT) as McpTool[];
      return [...present.sort((a, b) => (a.name < b.name ? -1 : 1)), REPORT_TOOL];
    },
    outputSchema(name, version) {
      const known = answered.get(name);
      if (known?.version === version) return known.schema;
      return describeVersion(name, version).then((made) => {
        answered.set(name, { version, schema: made?.outputSchema });
        return made?.outputSchema;
      });
    },
  };
}
