/** The API's description of itself (OpenAPI 3.1), made from the schemas that check the requests. */
import { z } from "zod";
import { IMPORT_FORMAT } from "#lib/commands/import-line.ts";
import { ROUTES } from "#lib/commands/registry.ts";
import type { Route } from "#lib/commands/route.ts";
import { Actor } from "#lib/core/actor.ts";
import { Deployment } from "#lib/core/deployment.ts";
import { Evidence, EvidenceCase, SideResult } from "#lib/core/evidence.ts";
import { ErrorInfo, Execution } from "#lib/core/execution.ts";
import { Json } from "#lib/core/json.ts";
import { Opportunity } from "#lib/core/opportunity.ts";
import { Effect } from "#lib/core/tool.ts";
import { Job } from "#lib/core/version.ts";
import { ProposalRow } from "#lib/queries/proposals.ts";
import { ToolRow } from "#lib/queries/tools.ts";

type JsonObject = { [key: string]: unknown };

/** Shapes that many answers share, by the name under which the description lists them. */
const SHARED = {
  Actor,
  Deployment,
  Effect,
  ErrorInfo,
  Evidence,
  EvidenceCase,
  Execution,
  Job,
  Json,
  Opportunity,
  ProposalRow,
  SideResult,
  ToolRow,
};

const PROBLEM: JsonObject = {
  type: "object",
  description: "RFC 9457 problem details",
  required: ["type", "title", "status", "detail"],
  properties: {
    type: { type: "string" },
    title: { type: "string" },
    status: {
      type: ["integer", "string"],
      description: "The HTTP status; of a recorded call that was rejected or interrupted its outcome",
    },
    detail: { type: "string", description: "What was wrong and what to do" },
    code: { type: "string" },
    errors: { type: "array", items: { type: ["object", "string"] } },
  },
  additionalProperties: true,
};

/** What a call answers on the wire: less than the record. */
const CALL_ANSWER: JsonObject = {
  type: "object",
  required: ["id", "status", "latencyMs", "version"],
  properties: {
    id: { type: "string" },
    status: { enum: ["succeeded", "refused", "failed", "timed_out"] },
    output: {},
    error: { $ref: "#/components/schemas/ErrorInfo" },
    latencyMs: { type: "number" },
    version: { type: "integer" },
  },
};

function reference(name: string): string {
  return `#/components/schemas/${name}`;
}

/** Turns named schemas into JSON Schema that refers to each other by name. */
function convert(named: Readonly<Record<string, z.ZodType>>, io: "input" | "output"): Record<string, JsonObject> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(named)) if (!registry.has(schema)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, {
    io,
    uri: reference,
    unrepresentable: "any",
    override({ zodSchema, jsonSchema }) {
      if ((zodSchema as unknown) === Json)
        for (const key of Object.keys(jsonSchema)) Reflect.deleteProperty(jsonSchema, key);
      if (zodSchema._zod.def.type === "date") Object.assign(jsonSchema, { type: "string", format: "date-time" });
      // What the words already say: the format of a time, the range of whole numbers.
      if (jsonSchema.format === "date-time") delete jsonSchema.pattern;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      // Answers may grow members; requests that take no others say so themselves.
      if (io === "output" && jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
    },
  });
  const cleaned = Object.entries(schemas as Record<string, JsonObject>).map(([name, schema]) => {
    const { $schema: _schema, $id: _id, ...rest } = schema;
    return [name, rest] as const;
  });
  return Object.fromEntries(cleaned);
}

function parameter(name: string, place: "path" | "query", schema: JsonObject, required: boolean): JsonObject {
  const { description, ...rest } = schema;
  return { name, in: place, required, ...(description === undefined ? {} : { description }), schema: rest };
}

type Input = { properties?: Record<string, JsonObject>; required?: string[]; additionalProperties?: unknown };

function operation(route: Route, input: Input, answer: JsonObject): JsonObject {
  const properties = { ...input.properties };
  for (const [name, value] of Object.entries(route.defaults))
    properties[name] = { ...properties[name], default: value } as JsonObject;
  const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "");
  const parameters = inPath.map((name) => parameter(name, "path", properties[name] ?? { type: "string" }, true));
  for (const name of inPath) delete properties[name];
  const required = (input.required ?? []).filter((name) => !inPath.includes(name));
  let requestBody: JsonObject | undefined;
  if (route.body === "none")
    for (const [name, schema] of Object.entries(properties))
      parameters.push(parameter(name, "query", schema, required.includes(name)));
  else if (route.body === "ndjson")
    requestBody = {
      required: true,
      description: IMPORT_FORMAT,
      content: { "application/x-ndjson": { schema: { type: "string" } } },
    };
  else if (Object.keys(properties).length > 0) {
    const schema = { type: "object", properties, ...(required.length > 0 ? { required } : {}) };
    requestBody = { required: required.length > 0, content: { "application/json": { schema } } };
  }
  return {
    operationId: route.name,
    summary: route.summary,
    description: `Needs the scope "${route.scope}".`,
    tags: [route.path.split("/")[1]],
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(requestBody === undefined ? {} : { requestBody }),
    responses: {
      [route.status]: { description: route.summary, content: { "application/json": { schema: answer } } },
      ...(route.name === "detect" && {
        202: { description: "Still under way", content: { "application/json": { schema: answer } } },
      }),
      default: { $ref: "#/components/responses/Problem" },
    },
  };
}

const EVENTS: JsonObject = {
  operationId: "events",
  summary: "What changes, as server-sent events",
  description: 'Needs the scope "read".',
  tags: ["events"],
  parameters: [
    parameter("kind", "query", { type: "string", description: "Several with commas" }, false),
    parameter("tool", "query", { type: "string" }, false),
  ],
  responses: {
    "200": { description: "A stream", content: { "text/event-stream": { schema: { type: "string" } } } },
    default: { $ref: "#/components/responses/Problem" },
  },
};

/** Builds the whole description. */
export function openApi(version: string): JsonObject {
  const inputs = convert(Object.fromEntries(ROUTES.map((route) => [route.name, route.input])), "input");
  const named: Record<string, z.ZodType> = { ...SHARED };
  const known = new Map<z.ZodType, string>(Object.entries(SHARED).map(([name, schema]) => [schema, name]));
  for (const { name, output } of ROUTES)
    if (output !== undefined && !known.has(output)) {
      const id = `${name
        .split(/[.-]/)
        .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
        .join("")}Answer`;
      known.set(output, id);
      named[id] = output;
    }
  const schemas = convert(named, "output");
  const paths: Record<string, JsonObject> = { "/events": { get: EVENTS } };
  for (const route of ROUTES) {
    const id = route.output === undefined ? undefined : known.get(route.output);
    const answer = route.name === "tools.call" ? CALL_ANSWER : id === undefined ? {} : { $ref: reference(id) };
    const input = (inputs[route.name] ?? inputs[inputName(route)] ?? {}) as Input;
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route, input, answer) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Whetstone",
      version,
      description:
        "Runs tools of AI agents, records every call, finds the ones that fail, proves a fix and deploys it on approval.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/api/v1" }],
    security: [{ key: [] }, { session: [] }],
    paths,
    components: {
      schemas: { Problem: PROBLEM, ...schemas },
      responses: {
        Problem: {
          description: "Refused, with what was wrong and what to do",
          content: { "application/problem+json": { schema: { $ref: reference("Problem") } } },
        },
      },
      securitySchemes: {
        key: { type: "http", scheme: "bearer" },
        session: { type: "apiKey", in: "cookie", name: "whetstone_session" },
      },
    },
  };
}

/** Routes that share one input schema are converted once, under the first one's name. */
function inputName(route: Route): string {
  return ROUTES.find(({ input }) => input === route.input)?.name ?? route.name;
}
