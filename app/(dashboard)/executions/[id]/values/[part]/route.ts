import { findContext } from "#app/context.ts";
import { holds } from "#lib/core/actor.ts";
import { isProblem } from "#lib/core/problem.ts";
import { showExecution } from "#lib/queries/executions.ts";

const PARTS = ["input", "output", "error"] as const;

/** One value of a call, whole, masked as on its page: a file for the browser to keep, never a page to open. */
export async function GET(
  _: Request,
  { params }: { params: Promise<{ id: string; part: string }> },
): Promise<Response> {
  const context = await findContext();
  if (context === null) return new Response("Sign in first.\n", { status: 401 });
  if (!holds(context.caller, "read")) return new Response("It takes a key that may read.\n", { status: 403 });
  const { id, part: asked } = await params;
  const part = PARTS.find((name) => name === asked);
  const execution = part === undefined ? null : await find(context, id);
  const value = part === undefined || execution === null ? undefined : execution[part];
  if (value === undefined) return new Response("There is no such value here.\n", { status: 404 });
  return new Response(`${JSON.stringify(value, null, 2)}\n`, {
    headers: {
      "content-type": "application/json; charset=utf-8",
      "content-disposition": `attachment; filename="whetstone-${part}.json"`,
      "x-content-type-options": "nosniff",
      "cache-control": "no-store",
    },
  });
}

async function find(context: Parameters<typeof showExecution>[0], id: string) {
  try {
    return await showExecution(context, { id });
  } catch (error) {
    if (isProblem(error) && error.code === "not_found") return null;
    throw error;
  }
}
