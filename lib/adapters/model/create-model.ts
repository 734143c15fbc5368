/** A model behind any OpenAI-compatible endpoint, asked through the official client. */
import OpenAI, { APIConnectionError, APIError, APIUserAbortError } from "openai";
import type { Model, ModelAnswer, ModelFailure } from "#lib/ports/model.ts";

/** The longest silence that is waited for, unless told otherwise. */
const DEFAULT_TIMEOUT_MS = 120_000;

export type ModelOptions = {
  /** For example `http://127.0.0.1:11434/v1`. */
  readonly baseUrl: string;
  /** Null or empty for endpoints that want none. */
  readonly apiKey: string | null;
  readonly name: string;
  /** Milliseconds without a byte of the answer after which it is given up. */
  readonly timeoutMs?: number | undefined;
};

type Asked = Parameters<Model["complete"]>[0];
/** What an endpoint was found not to take; learned once, then left out. */
type Ability = { streams: boolean; takesTemperature: boolean };

/** A model that streams where the endpoint can, and says in one sentence why there is no answer. */
export function createModel(options: ModelOptions): Model {
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const host = new URL(options.baseUrl).host;
  const client = new OpenAI({
    baseURL: options.baseUrl,
    apiKey: options.apiKey || "none",
    organization: null,
    project: null,
    maxRetries: 1,
    timeout: timeoutMs,
    logLevel: "off",
  });
  const ability: Ability = { streams: true, takesTemperature: true };

  async function complete(request: Asked): Promise<ModelAnswer | ModelFailure> {
    const started = performance.now();
    // Each refusal teaches one thing, so three tries reach whatever the endpoint can do.
    for (let attempt = 0; ; attempt += 1) {
      const silence = watchSilence(timeoutMs, request.signal);
      try {
        const ask = ability.streams ? askStreaming : askWhole;
        const answer = await ask(client, options.name, request, ability, silence);
        return judge(answer, (performance.now() - started) / 1000, request);
      } catch (error) {
        if (request.signal.aborted) return { failure: "cancelled", message: "The model was told to stop." };
        if (silence.expired()) return timedOut(host, timeoutMs);
        if (attempt < 2 && adapt(error, ability)) continue;
        return { failure: failureOf(error), message: scrub(explain(error, options, host), options.apiKey) };
      } finally {
        silence.end();
      }
    }
  }
  return { name: options.name, host, complete };
}

type Silence = { readonly signal: AbortSignal; heard(): void; expired(): boolean; end(): void };

/** Gives up when nothing was heard for too long, or when the caller does. */
function watchSilence(timeoutMs: number, outer: AbortSignal): Silence {
  const controller = new AbortController();
  let expired = false;
  const give = () => {
    expired = true;
    controller.abort();
  };
  let timer = setTimeout(give, timeoutMs);
  return {
    signal: AbortSignal.any([controller.signal, outer]),
    heard() {
      clearTimeout(timer);
      timer = setTimeout(give, timeoutMs);
    },
    expired: () => expired,
    end: () => clearTimeout(timer),
  };
}

type Raw = { text: string; finish: string | null; promptTokens: number | null; completionTokens: number | null };

function bodyOf(name: string, request: Asked, ability: Ability) {
  return {
    model: name,
    messages: request.messages.map((message) => ({ ...message })),
    ...(ability.takesTemperature ? { temperature: request.temperature } : {}),
  };
}

async function askStreaming(
  client: OpenAI,
  name: string,
  request: Asked,
  ability: Ability,
  silence: Silence,
): Promise<Raw> {
  const stream = await client.chat.completions.create(
    { ...bodyOf(name, request, ability), stream: true, stream_options: { include_usage: true } },
    { signal: silence.signal },
  );
  const raw: Raw = { text: "", finish: null, promptTokens: null, completionTokens: null };
  let chunks = 0;
  for await (const chunk of stream) {
    silence.heard();
    chunks += 1;
    const choice = chunk.choices?.[0];
    raw.text += choice?.delta?.content ?? "";
    raw.finish = choice?.finish_reason ?? raw.finish;
    raw.promptTokens = chunk.usage?.prompt_tokens ?? raw.promptTokens;
    raw.completionTokens = chunk.usage?.completion_tokens ?? raw.completionTokens;
    if (raw.text !== "") request.onText?.(raw.text.length);
  }
  // The client ends an aborted stream like a finished one.
  silence.signal.throwIfAborted();
  if (chunks === 0 || (raw.finish === null && raw.text === "")) throw new NotStreamed();
  return raw;
}

async function askWhole(
  client: OpenAI,
  name: string,
  request: Asked,
  ability: Ability,
  silence: Silence,
): Promise<Raw> {
  const answer = await client.chat.completions.create(
    { ...bodyOf(name, request, ability) },
    { signal: silence.signal },
  );
  const choice = answer.choices?.[0];
  if (choice === undefined) throw new Malformed();
  return {
    text: choice.message?.content ?? "",
    finish: choice.finish_reason,
    promptTokens: answer.usage?.prompt_tokens ?? null,
    completionTokens: answer.usage?.completion_tokens ?? null,
  };
}

/** The endpoint answered a streaming request with no stream. */
class NotStreamed extends Error {}
/** The endpoint answered 200 with something that is no chat completion. */
class Malformed extends Error {}

/** Learns from a refusal what to leave out; whether another try is worth it. */
function adapt(error: unknown, ability: Ability): boolean {
  const refused = error instanceof APIError && (error.status === 400 || error.status === 422);
  if (refused && ability.takesTemperature && /temperature/i.test(error.message)) {
    ability.takesTemperature = false;
    return true;
  }
  const broken = !(error instanceof APIError) || error.status === undefined;
  const streamTrouble = refused || error instanceof NotStreamed || (broken && !(error instanceof APIConnectionError));
  if (!ability.streams || !streamTrouble) return false;
  ability.streams = false;
  return true;
}

function judge(raw: Raw, seconds: number, request: Asked): ModelAnswer | ModelFailure {
  if (raw.finish === "length")
    return {
      failure: "bad_answer",
      message: `The model stopped at its output limit after ${raw.text.length} characters: give it a larger limit or a larger context.`,
    };
  if (raw.finish === "content_filter")
    return { failure: "refused", message: "The endpoint's content filter held the answer back." };
  if (raw.text.trim() === "")
    return { failure: "bad_answer", message: "The model answered with no text: check that it is a chat model." };
  const asked = request.messages.reduce((sum, { content }) => sum + content.length, 0);
  return {
    text: raw.text,
    // Endpoints that count nothing get the usual estimate of four characters a token.
    promptTokens: raw.promptTokens ?? Math.ceil(asked / 4),
    completionTokens: raw.completionTokens ?? Math.ceil(raw.text.length / 4),
    seconds,
  };
}

function timedOut(host: string, timeoutMs: number): ModelFailure {
  return {
    failure: "timed_out",
    message: `${host} said nothing for ${timeoutMs / 1000} s: check that the model is loaded, or take a smaller one.`,
  };
}

function failureOf(error: unknown): ModelFailure["failure"] {
  if (error instanceof APIUserAbortError) return "cancelled";
  if (error instanceof APIConnectionError) return "unreachable";
  if (!(error instanceof APIError)) return "bad_answer";
  if (error.status === 401 || error.status === 403) return "unauthorized";
  if (error.status === 404 || error.status === 400 || error.status === 422 || error.status === 429) return "refused";
  return error.status === undefined ? "bad_answer" : "unreachable";
}

function explain(error: unknown, { name }: ModelOptions, host: string): string {
  if (error instanceof APIConnectionError)
    return `${host} cannot be reached (${causeOf(error)}): start the endpoint, or correct OPENAI_BASE_URL.`;
  if (!(error instanceof APIError) || error.status === undefined)
    return `${host} answered with something that is no chat completion: check that OPENAI_BASE_URL ends in the path of an OpenAI-compatible API, usually /v1.`;
  if (error.status === 401 || error.status === 403)
    return `${host} does not accept the key (status ${error.status}): set OPENAI_API_KEY to a key of this endpoint.`;
  if (error.status === 404)
    return `${host} knows no model "${name}" or no chat completions (status 404): correct WHETSTONE_MODEL or OPENAI_BASE_URL.`;
  if (error.status === 429)
    return `${host} has no more capacity for this key (status 429): try again later, or raise its limit.`;
  if (error.status >= 500) return `${host} failed with status ${error.status}: look at its log, or try again.`;
  return `${host} refused the request with status ${error.status}: ${error.message.slice(0, 200)}`;
}

/** The innermost reason, for example ECONNREFUSED. */
function causeOf(error: Error): string {
  let inner: unknown = error;
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause;
  if (inner instanceof Error && "code" in inner && typeof inner.code === "string") return inner.code;
  return inner instanceof Error ? inner.message : "no connection";
}

/** Endpoints may echo a key in their errors. */
function scrub(message: string, key: string | null): string {
  const hidden = key ? message.replaceAll(key, "[key]") : message;
  return hidden.replace(/\b(sk|key|Bearer)[-_ ][A-Za-z0-9*_-]{8,}/g, "[key]");
}
