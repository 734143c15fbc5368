/** How long to wait before a page is asked for again. */
const AGAIN_MS = 1_000;

/**
 * Fetches of pages wait for a server that is away. Without an answer the router leaves for the browser's own page, and what
 * was being written is lost. Only readings wait: an action may have been carried out although its answer was lost.
 */
export function patientReading(plain: typeof fetch): typeof fetch {
  return async (input, init) => {
    if (!isReading(init)) return plain(input, init);
    for (;;) {
      try {
        const response = await plain(input, init);
        // To its end: a server can be lost in the middle of a page too.
        await response.clone().arrayBuffer();
        return response;
      } catch (error) {
        if (init?.signal?.aborted === true || !(error instanceof TypeError)) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  };
}

/** The router names what it wants in a header of its own. */
function isReading(init: RequestInit | undefined): boolean {
  return (init?.method ?? "GET") === "GET" && new Headers(init?.headers).get("rsc") === "1";
}
