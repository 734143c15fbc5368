import { findContext } from "#app/context.ts";

const HEARTBEAT_MS = 20_000;

/** The events of the workspace that the pages show, for as long as the browser listens. */
export async function GET(request: Request): Promise<Response> {
  const context = await findContext();
  if (context === null) return new Response("Nobody is signed in.\n", { status: 401 });
  const encoder = new TextEncoder();
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      const send = (text: string): void => controller.enqueue(encoder.encode(text));
      const stopListening = context.database.subscribe((event) => send(`data: ${JSON.stringify(event)}\n\n`));
      const heartbeat = setInterval(() => send(": still here\n\n"), HEARTBEAT_MS);
      send("retry: 2000\n\n");
      request.signal.addEventListener("abort", () => {
        stopListening();
        clearInterval(heartbeat);
        controller.close();
      });
    },
  });
  return new Response(stream, {
    headers: {
      "content-type": "text/event-stream",
      "cache-control": "no-store, no-transform",
      "x-accel-buffering": "no",
    },
  });
}
