/** Who or what may approve and deploy, under which strategy and verdict: data, global and per tool. Pure. */
import { z } from "zod";
import type { Actor } from "./actor.ts";
import type { Evidence } from "./evidence.ts";

/** From the widest to the narrowest: each names the least that has to decide; `key` is any API key with the scope. */
export const Approver = z.enum(["machine", "key", "person", "nobody"]);
export type Approver = z.infer<typeof Approver>;

/** What was not proved on recorded or live calls is never decided by the machine. */
const Somebody = Approver.exclude(["machine"], {
  error: 'may be "key", "person" or "nobody": only what passed by shadow or replay may go without a person',
});

const Row = { passed: Somebody, inconclusive: Somebody };
const ProvedRow = { passed: Approver, inconclusive: Somebody };

/** One row a strategy that was really used; `manual` never passes, so its only verdict is inconclusive. */
const TABLE = {
  shadow: z.strictObject(ProvedRow).partial(),
  replay: z.strictObject(ProvedRow).partial(),
  synthetic: z.strictObject(Row).partial(),
  manual: z.strictObject({ inconclusive: Somebody }).partial(),
};

/** A table with gaps: what it leaves out stays as it is elsewhere. */
export const SomeApprovers = z.strictObject(TABLE).partial();
export type SomeApprovers = z.infer<typeof SomeApprovers>;

const changes = <Row extends z.ZodObject>(row: Row) => {
  const cells = Object.entries(row.shape).map(([verdict, who]) => [verdict, z.nullable(who as z.ZodType)]);
  return z.strictObject(Object.fromEntries(cells)).partial();
};

/** Changes to such a table: null takes a cell back. */
export const SomeApproverChanges = z
  .strictObject({
    shadow: changes(TABLE.shadow),
    replay: changes(TABLE.replay),
    synthetic: changes(TABLE.synthetic),
    manual: changes(TABLE.manual),
  })
  .partial();
export type SomeApproverChanges = z.infer<typeof SomeApproverChanges>;

/** The whole table. */
export type Approvers = {
  readonly [Name in keyof typeof TABLE]: {
    readonly [Verdict in keyof z.infer<(typeof TABLE)[Name]>]-?: Exclude<
      z.infer<(typeof TABLE)[Name]>[Verdict],
      undefined
    >;
  };
};

/** With `autoDeploy` off, as it is by default, `machine` reads as `key`. */
export const DEFAULT_APPROVERS: Approvers = {
  shadow: { passed: "machine", inconclusive: "key" },
  replay: { passed: "machine", inconclusive: "key" },
  synthetic: { passed: "key", inconclusive: "key" },
  manual: { inconclusive: "key" },
};

/** What the settings say of approvals; a tool's own stand above the global ones, member by member. */
export type PolicySettings = {
  readonly autoDeploy?: boolean | undefined;
  readonly requiredApprovals?: number | undefined;
  readonly fourEyes?: boolean | undefined;
  readonly reasonRequired?: boolean | undefined;
  readonly agreementThreshold?: number | undefined;
  readonly approvers?: SomeApprovers | undefined;
};

export type Policy = {
  readonly autoDeploy: boolean;
  readonly requiredApprovals: number;
  readonly fourEyes: boolean;
  readonly reasonRequired: boolean;
  readonly agreementThreshold: number;
  readonly approvers: Approvers;
};

/** The policy in force for a tool. */
export function policyOf(global: Omit<Policy, "approvers"> & PolicySettings, own: PolicySettings = {}): Policy {
  return {
    autoDeploy: own.autoDeploy ?? global.autoDeploy,
    requiredApprovals: own.requiredApprovals ?? global.requiredApprovals,
    fourEyes: own.fourEyes ?? global.fourEyes,
    reasonRequired: own.reasonRequired ?? global.reasonRequired,
    agreementThreshold: own.agreementThreshold ?? global.agreementThreshold,
    approvers: mergeApprovers(mergeApprovers(DEFAULT_APPROVERS, global.approvers), own.approvers),
  };
}

/** A table with some of its cells replaced. */
export function mergeApprovers<T extends SomeApprovers | Approvers>(
  base: T,
  change: SomeApprovers | SomeApproverChanges | undefined,
): T {
  const merged: Record<string, object | undefined> = { ...base };
  for (const [strategy, row] of Object.entries(change ?? {})) merged[strategy] = { ...merged[strategy], ...row };
  return merged as T;
}

const LEAST: Record<Exclude<Approver, "nobody">, readonly Actor["kind"][]> = {
  machine: ["machine", "key", "person"],
  key: ["key", "person"],
  person: ["person"],
};

/**
 * Why an actor may not decide for a change on this evidence; null where it may. What nobody may approve by any policy
 * (failed, error) is refused elsewhere.
 */
export function whyNotApprover(
  { approvers, autoDeploy }: Pick<Policy, "approvers" | "autoDeploy">,
  { strategyUsed, verdict }: Pick<Evidence, "strategyUsed" | "verdict">,
  actor: Actor,
): string | null {
  const proved = verdict === "passed" && (strategyUsed === "shadow" || strategyUsed === "replay");
  if (actor.kind === "machine") {
    if (!proved) return "Only what passed by shadow or replay may go without a person.";
    if (!autoDeploy) return "Automatic deployment is switched off: a person has to approve.";
  }
  const row: { readonly passed?: Approver; readonly inconclusive: Approver } = approvers[strategyUsed];
  const least = (verdict === "passed" ? row.passed : undefined) ?? row.inconclusive;
  const what = `${verdict === "passed" ? "passed" : "is inconclusive"} by ${strategyUsed}`;
  if (least === "nobody") return `Policy lets nobody approve what ${what}.`;
  if (LEAST[least].includes(actor.kind)) return null;
  return `Policy asks for a person${least === "key" ? " or a key" : " who is signed in"} to approve what ${what}.`;
}
