/** What the figures among the settings take, and the words for it: one place for schema, API and pages. Pure. */

export type Limits = {
  readonly least: number;
  /** Absent where any more is taken: a store of an earlier version may hold it. */
  readonly most?: number;
  /** `least` itself is too small. */
  readonly above?: true;
  readonly whole?: true;
  /** A share of 1, which people think of in percent. */
  readonly share?: true;
};

export const SETTING_LIMITS = {
  /** Success rate below which a tool counts as failing. */
  target: { least: 0.5, most: 0.9999, share: true },
  /** Share of agreement whose lower bound a replay must reach. */
  agreementThreshold: { least: 0.5, most: 0.999, share: true },
  requiredApprovals: { least: 1, most: 5, whole: true },
  monitorCalls: { least: 10, whole: true },
  monitorHours: { least: 0, above: true },
  retentionDays: { least: 1, most: 36_500, whole: true },
} as const satisfies Record<string, Limits>;

const figure = (value: number): string => value.toLocaleString("en", { maximumFractionDigits: 4 });
const percent = (share: number): string => `${figure(share * 100)} %`;

/** What a figure takes, for behind its name: "takes a whole number from 1 to 5". */
export function takes({ least, most, above, whole, share }: Limits): string {
  const kind = whole ? "a whole number" : "a number";
  const open = above ? `above ${figure(least)}` : `of at least ${figure(least)}`;
  if (most === undefined) return `takes ${kind} ${open}`;
  const inPercent = share ? ` (${percent(least)} to ${percent(most)})` : "";
  return `takes ${kind} from ${figure(least)} to ${figure(most)}${inPercent}`;
}

/** The same where what came is no number at all: nothing typed is none, least of all 0. */
export function needs(limits: Limits): string {
  return takes(limits).replace("takes", "needs");
}
