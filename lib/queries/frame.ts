/** What every page's frame shows: the mode, what waits, and the tools that the palette can go to. */
import type { Machinery } from "#lib/commands/command.ts";
import type { Mode } from "#lib/core/words.ts";

export type Frame = {
  readonly mode: Mode;
  readonly counts: { readonly proposals: number; readonly opportunities: number };
  readonly tools: string[];
};

/** Reads the frame; counts end at 100. */
export async function readFrame({ database }: Pick<Machinery, "database">): Promise<Frame> {
  const [settings, tools, waiting, open] = await Promise.all([
    database.settings.get(),
    database.tools.list(),
    database.proposals.list({ state: "awaiting_review" }, { limit: 100 }),
    database.opportunities.list({ state: "open" }, { limit: 100 }),
  ]);
  return {
    mode: settings.mode,
    counts: { proposals: waiting.items.length, opportunities: open.items.length },
    tools: tools.map(({ name }) => name),
  };
}
