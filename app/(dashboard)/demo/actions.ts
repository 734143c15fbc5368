"use server";
import { revalidatePath } from "next/cache";
import { cookies } from "next/headers";
import { whetstone } from "#app/context.ts";
import { answerAction } from "#app/define-action.ts";
import { WORKSPACE_COOKIE } from "#lib/main/global.ts";

async function look(workspace: "main" | "demo"): Promise<void> {
  const jar = await cookies();
  if (workspace === "main") jar.delete(WORKSPACE_COOKIE);
  else jar.set(WORKSPACE_COOKIE, "demo", { httpOnly: true, sameSite: "lax", path: "/" });
  revalidatePath("/", "layout");
}

/** Builds the demo workspace, begins its first parts, and shows it. */
export async function startDemo(_input: null) {
  return answerAction(async ({ caller }) => {
    await whetstone().startDemo(caller.actor);
    await look("demo");
    return null;
  }, "operate");
}

/** Makes the calls again that failed before the fix. */
export async function verifyDemo(_input: null) {
  return answerAction(async () => {
    await whetstone().verifyDemo();
    revalidatePath("/demo");
    return null;
  }, "operate");
}

export async function leaveDemo(_input: null) {
  return answerAction(async () => {
    await look("main");
    return null;
  });
}

/** Drops the demo workspace; the next start begins anew. */
export async function resetDemo(_input: null) {
  return answerAction(async () => {
    await look("main");
    await whetstone().resetDemo();
    return null;
  }, "operate");
}
