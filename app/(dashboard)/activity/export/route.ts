import { findContext } from "#app/context.ts";
import { holds } from "#lib/core/actor.ts";
import { ListAudit, listAudit } from "#lib/queries/audit.ts";

/** The audit as NDJSON, oldest page last, read page by page so that no size is too large. Filters as on the page. */
export async function GET(request: Request): Promise<Response> {
  const context = await findContext();
  if (context === null) return new Response("Sign in first.\n", { status: 401 });
  if (!holds(context.caller, "read")) return new Response("It takes a key that may read.\n", { status: 403 });
  const asked = ListAudit.omit({ cursor: true, limit: true }).safeParse(
    Object.fromEntries(new URL(request.url).searchParams),
  );
  if (!asked.success) {
    const [issue] = asked.error.issues;
    return new Response(`${issue?.path.join(".")}: ${issue?.message}\n`, { status: 422 });
  }
  let cursor: string | undefined;
  let done = false;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (done) return controller.close();
      const page = await listAudit(context, { ...asked.data, cursor, limit: 500 });
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
