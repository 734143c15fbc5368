/**
 * The peer of `/mcp`: the official SDK as fast as it goes. One server a request, as its stateless mode wants; schemas
 * made once, one validator for all, no zod on the way, JSON answers, and no copy of the body between Node and the SDK.
 */
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { WebStandardStreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js";
import { CallToolRequestSchema, ListToolsRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { AjvJsonSchemaValidator } from "@modelcontextprotocol/sdk/validation/ajv";
import calculator from "../../tools/calculator.ts";
import { serve } from "./serve.ts";

type Input = Parameters<typeof calculator.run>[0];

const validator = new AjvJsonSchemaValidator();
const validate = validator.getValidator<Input>(calculator.inputSchema as never);
const capabilities = { tools: {} };
const identity = { name: "peer", version: "1.0.0" };
const tool = {
  name: calculator.name,
  description: calculator.description,
  inputSchema: calculator.inputSchema,
  outputSchema: calculator.outputSchema,
};

function makeServer(): Server {
  const server = new Server(identity, { capabilities, jsonSchemaValidator: validator });
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: [tool as never] }));
  server.setRequestHandler(CallToolRequestSchema, ({ params }) => {
    const checked = validate(params.arguments);
    if (!checked.valid) return { isError: true, content: [{ type: "text", text: checked.errorMessage }] };
    const output = calculator.run(checked.data, {} as never);
    return { content: [{ type: "text", text: JSON.stringify(output) }], structuredContent: output };
  });
  return server;
}

function textOf(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    request.setEncoding("utf8");
    request.on("data", (chunk: string) => {
      text += chunk;
    });
    request.on("end", () => resolve(text));
    request.on("error", reject);
  });
}

const http = createServer(async (request, response) => {
  const parsedBody: unknown = JSON.parse(await textOf(request));
  const server = makeServer();
  const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
  await server.connect(transport);
  const headers = new Headers();
  for (const name of ["accept", "content-type", "mcp-protocol-version"]) {
    const value = request.headers[name];
    if (typeof value === "string") headers.set(name, value);
  }
  const asked = new Request("http://127.0.0.1/mcp", { method: "POST", headers });
  const answer = await transport.handleRequest(asked, { parsedBody });
  const text = await answer.text();
  response.writeHead(answer.status, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
  response.end(text);
  void server.close();
});
http.listen(0, "127.0.0.1", () => {
  serve({ port: (http.address() as AddressInfo).port }, async () => http.closeAllConnections());
});
