/** A language model behind any OpenAI-compatible endpoint. */
export type ModelMessage = { readonly role: "system" | "user" | "assistant"; readonly content: string };

export type ModelAnswer = {
  readonly text: string;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly seconds: number;
};

/** Why no answer came; `message` says what to do. */
export type ModelFailure = {
  readonly failure: "unauthorized" | "unreachable" | "timed_out" | "cancelled" | "refused" | "bad_answer";
  readonly message: string;
};

export type Model = {
  readonly name: string;
  /** Host that prompts are sent to, shown wherever a prompt is shown. */
  readonly host: string;
  complete(request: {
    readonly messages: readonly ModelMessage[];
    readonly temperature: number;
    readonly signal: AbortSignal;
    readonly onText?: (soFar: number) => void;
  }): Promise<ModelAnswer | ModelFailure>;
};
