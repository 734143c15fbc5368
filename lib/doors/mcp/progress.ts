/** Tells a client that asked for it that its call is under way, so that a long one is not given up for lost. */
import type { ServerContext } from "@modelcontextprotocol/server";

const EVERY_MS = 1_000;

/** Notifies until the answer is called, which resolves when all that was told has been sent. */
export function tellProgress({ mcpReq }: ServerContext): () => Promise<void> {
  const progressToken = mcpReq._meta?.progressToken;
  if (progressToken === undefined) return async () => {};
  const startedAt = performance.now();
  let progress = 0;
  let sent: Promise<void> = Promise.resolve();
  const tell = (message: string): void => {
    const params = { progressToken, progress, message };
    progress += 1;
    // A client that left hears nothing, and its call goes on.
    sent = sent.then(() => mcpReq.notify({ method: "notifications/progress", params })).catch(() => {});
  };
  tell("taken");
  tell("running");
  const timer = setInterval(
    () => tell(`running for ${Math.round((performance.now() - startedAt) / 1_000)} s`),
    EVERY_MS,
  );
  return () => {
    clearInterval(timer);
    tell("ended, and on record");
    return sent;
  };
}
