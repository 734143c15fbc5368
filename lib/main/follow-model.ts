/** Which model writes fixes: the environment's, or the one that the settings name at this moment. */
import { createModel } from "#lib/adapters/model/create-model.ts";
import type { Settings } from "#lib/core/version.ts";
import type { Database } from "#lib/ports/database.ts";
import type { Model } from "#lib/ports/model.ts";
import type { Environment } from "./environment.ts";

type Named = Pick<Environment, "modelBaseUrl" | "modelName" | "modelKey">;

/** Answers the model of now; null where none is named. A change of the settings by any process counts at once. */
export async function followModel(
  database: Pick<Database, "settings" | "subscribe">,
  { modelBaseUrl, modelName, modelKey }: Named,
): Promise<() => Model | null> {
  const make = (named: Settings["model"]): Model | null =>
    named === null || !URL.canParse(named.baseUrl) ? null : createModel({ ...named, apiKey: modelKey });
  if (modelName !== null && modelBaseUrl !== null) {
    const fixed = make({ baseUrl: modelBaseUrl, name: modelName });
    return () => fixed;
  }
  let named = (await database.settings.get()).model;
  let model = make(named);
  const look = async (): Promise<void> => {
    const now = (await database.settings.get()).model;
    if (JSON.stringify(now) === JSON.stringify(named)) return;
    [named, model] = [now, make(now)];
  };
  const lookAgain = (): void => {
    look().catch((error: unknown) => {
      process.stderr.write(`whetstone: the model could not be changed: ${String(error)}\n`);
    });
  };
  database.subscribe((event) => {
    if (event.kind === "settings" && event.tool === undefined) lookAgain();
  }, lookAgain);
  return () => model;
}
