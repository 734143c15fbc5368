import { findContext } from "#app/context.ts";

/** The audit as NDJSON, oldest page last, read page by page so that no size is too large. */
export async function GET(request: Request): Promise<Response> {
  const context = await findContext();
  if (context === null) return new Response("Sign in first.\n", { status: 401 });
  const { searchParams } = new URL(request.url);
  const tool = searchParams.get("tool") ?? undefined;
  const verb = searchParams.get("verb") ?? undefined;
  const { audit } = context.database;
  let cursor: string | undefined;
  let done = false;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (done) return controller.close();
      const page = await audit.list({ tool, verb }, { cursor, limit: 500 });
      controller.enqueue(new TextEncoder().encode(page.items.map((entry) => `${JSON.stringify(entry)}\n`).join("")));
      cursor = page.nextCursor;
      done = cursor === undefined;
    },
  });
  return new Response(body, {
    headers: {
      "content-type": "application/x-ndjson",
      "content-disposition": 'attachment; filename="whetstone-activity.ndjson"',
    },
  });
}
