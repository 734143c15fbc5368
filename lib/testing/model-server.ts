/** A local endpoint that speaks OpenAI's chat completions for real, JSON and SSE, with scripted behaviour. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What the server does with one request. The last one of a script goes on for ever. */
export type Behaviour =
  /** Answers, streamed or whole as the request asks. */
  | { readonly kind: "answer"; readonly text: string | ((request: ChatRequest) => string) }
  /** Answers whole even where a stream was asked for. */
  | { readonly kind: "whole_only"; readonly text: string }
  /** Refuses `stream: true` with 400; answers whole requests. */
  | { readonly kind: "no_streaming"; readonly text: string }
  /** Refuses `temperature` with 400 as reasoning models do. */
  | { readonly kind: "no_temperature"; readonly text: string }
  | { readonly kind: "status"; readonly status: number; readonly message: string }
  /** Says nothing, for ever. */
  | { readonly kind: "hang" }
  /** Sends the first part of a stream, then nothing more. */
  | { readonly kind: "stall"; readonly text: string }
  /** Stops at the output limit. */
  | { readonly kind: "truncated"; readonly text: string }
  /** Closes the connection in the middle of a stream. */
  | { readonly kind: "drop"; readonly text: string }
  /** Status 200 with a page that is no JSON. */
  | { readonly kind: "malformed" };

export type ChatRequest = {
  readonly model: string;
  readonly messages: { readonly role: string; readonly content: string }[];
  readonly stream?: boolean;
  readonly temperature?: number;
};

export type ModelServer = {
  /** Base address as clients take it, ending in /v1. */
  readonly baseUrl: string;
  /** Every well-formed request so far. */
  readonly requests: ChatRequest[];
  /** What comes next, in order. */
  script(...behaviours: Behaviour[]): void;
  close(): Promise<void>;
};

/** Starts the endpoint on a free port of the loopback address. */
export async function startModelServer(options: { apiKey: string }, ...first: Behaviour[]): Promise<ModelServer> {
  let script: Behaviour[] = first;
  const requests: ChatRequest[] = [];
  const server = createServer((incoming, response) => {
    void readBody(incoming).then((body) => {
      const request = parse(body);
      if (incoming.method !== "POST" || incoming.url !== "/v1/chat/completions")
        fail(response, 404, `Unknown request ${incoming.method} ${incoming.url}`);
      else if (incoming.headers.authorization !== `Bearer ${options.apiKey}`)
        fail(response, 401, `Incorrect API key provided: ${incoming.headers.authorization?.slice(7)}.`);
      else if (request === null) fail(response, 400, "The body needs a model and messages with role and content.");
      else {
        requests.push(request);
        const behaviour = script.length > 1 ? script.shift() : script[0];
        if (behaviour === undefined) fail(response, 500, "The script is empty.");
        else behave(behaviour, request, response);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    script(...behaviours) {
      script = behaviours;
    },
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

function parse(body: string): ChatRequest | null {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return null;
  }
  const request = value as Partial<ChatRequest> | null;
  const fits =
    typeof request?.model === "string" &&
    Array.isArray(request.messages) &&
    request.messages.length > 0 &&
    request.messages.every(({ role, content }) => typeof role === "string" && typeof content === "string");
  return fits ? (request as ChatRequest) : null;
}

function behave(behaviour: Behaviour, request: ChatRequest, response: ServerResponse): void {
  const streams = request.stream === true;
  const answer = (text: string, finish = "stop") =>
    streams ? stream(response, request, text, finish) : whole(response, request, text, finish);
  switch (behaviour.kind) {
    case "answer":
      answer(typeof behaviour.text === "string" ? behaviour.text : behaviour.text(request));
      break;
    case "whole_only":
      whole(response, request, behaviour.text, "stop");
      break;
    case "no_streaming":
      if (streams) fail(response, 400, "stream is not supported here");
      else answer(behaviour.text);
      break;
    case "no_temperature":
      if (request.temperature !== undefined)
        fail(response, 400, "Unsupported value: 'temperature' does not support 0.2 with this model.");
      else answer(behaviour.text);
      break;
    case "status":
      fail(response, behaviour.status, behaviour.message);
      break;
    case "hang":
      break;
    case "stall":
      openStream(response);
      response.write(event(chunk(request, { content: behaviour.text }, null)));
      break;
    case "truncated":
      answer(behaviour.text, "length");
      break;
    case "drop":
      openStream(response);
      response.write(event(chunk(request, { content: behaviour.text }, null)), () => response.destroy());
      break;
    case "malformed":
      response.writeHead(200, { "content-type": "text/html" });
      response.end("<html><body>It works!</body></html>");
  }
}

function fail(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify({ error: { message, type: "invalid_request_error", param: null, code: null } }));
}

function usageOf(request: ChatRequest, text: string) {
  const prompt = request.messages.reduce((sum, { content }) => sum + Math.ceil(content.length / 4), 0);
  const completion = Math.ceil(text.length / 4);
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion };
}

function whole(response: ServerResponse, request: ChatRequest, text: string, finish: string): void {
  response.writeHead(200, { "content-type": "application/json" });
  response.end(
    JSON.stringify({
      id: "chatcmpl-1",
      object: "chat.completion",
      created: 1_772_524_800,
      model: request.model,
      choices: [
        {
          index: 0,
          message: { role: "assistant", content: text, refusal: null },
          logprobs: null,
          finish_reason: finish,
        },
      ],
      usage: usageOf(request, text),
    }),
  );
}

function openStream(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
}

function event(data: unknown): string {
  return `data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`;
}

function chunk(request: ChatRequest, delta: Record<string, string>, finish: string | null) {
  return {
    id: "chatcmpl-1",
    object: "chat.completion.chunk",
    created: 1_772_524_800,
    model: request.model,
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
  };
}

/** Words by words, as endpoints do, with the usage in a last chunk of no choices. */
function stream(response: ServerResponse, request: ChatRequest, text: string, finish: string): void {
  openStream(response);
  response.write(event(chunk(request, { role: "assistant", content: "" }, null)));
  for (const part of text.match(/[\s\S]{1,40}/g) ?? []) response.write(event(chunk(request, { content: part }, null)));
  response.write(event(chunk(request, {}, finish)));
  response.write(event({ ...chunk(request, {}, null), choices: [], usage: usageOf(request, text) }));
  response.end(event("[DONE]"));
}
