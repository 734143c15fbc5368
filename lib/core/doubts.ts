/** What keeps a candidate that did not fail from passing, and what would settle each doubt. */
import { isByHeart } from "./by-heart.ts";
import { clopperPearson } from "./statistics.ts";
import { ALPHA, type Circumstances, isMet, maskedAside, spoiltAside, type Tally } from "./tally.ts";
import { goodAnswers, percent, plural, waitFor } from "./verdict-words.ts";
import type { Label } from "./words.ts";

export type Doubt = { readonly reason: string; readonly settle: string };

/** Every doubt; none means that it passes. */
export function doubtsOf(tally: Tally, circumstances: Circumstances): Doubt[] {
  const doubts: Doubt[] = [];
  const doubt = (count: number, reason: (counted: number) => string, settle: string) => {
    if (count > 0) doubts.push({ reason: reason(count), settle });
  };
  doubts.push(...strategyDoubts(tally, circumstances));
  doubts.push(...changeDoubts(tally));
  doubt(
    tally.count("masked"),
    (n) => `${plural(n, "failure")} masked by a swallow, a default or a special case`,
    "Ask for a fix that mends the cause or refuses clearly, or say which of the masked values are right.",
  );
  doubt(
    maskedAside(tally),
    (n) => `${n === 1 ? "1 failure" : `${n} failures`} that it is not for would be hidden behind a made-up answer`,
    "Ask for a fix that leaves those failures as they are, mends their cause or refuses clearly.",
  );
  doubt(
    spoiltAside(tally),
    (n) =>
      `${plural(n, "answer")} marked as wrong, that it is not for, would change, and not to what is known to be right`,
    "Ask for a fix that leaves those answers as they are or gives the right ones, or say that the new ones are right.",
  );
  doubt(
    tally.count("slower"),
    (n) => `${plural(n, "answer")} clearly slower`,
    "Run the tests again to see whether it stays slower, or ask for a faster fix.",
  );
  doubts.push(...explorationDoubts(tally, circumstances));
  doubts.push(...purposeDoubts(tally, circumstances));
  return doubts;
}

function changeDoubts(tally: Tally): Doubt[] {
  const { confirmed, open, explained, missing } = tally.changes;
  const changed = tally.count("changed");
  if (changed === 0) return [];
  if (tally.suiteChanged || !tally.silent || confirmed === 0) {
    return [
      {
        reason: `${plural(changed, "good answer")} changed`,
        settle: "Accept the changed answers as intended, which makes them cases, or ask for a fix that keeps them.",
      },
    ];
  }
  if (explained) return [];
  return [
    {
      reason: `${plural(changed, "good answer")} changed, and of all ${confirmed + open} new answers only ${confirmed} ${confirmed === 1 ? "is" : "are"} known to be right`,
      settle:
        missing > 0
          ? `Confirm ${missing} more of the changed answers, or ask for a fix that keeps them.`
          : "Look at the kind of change that nobody confirmed, or ask for a fix that keeps those answers.",
    },
  ];
}

/** What inputs that nobody sent yet say: enough to doubt, never enough to fail. */
function explorationDoubts(tally: Tally, { explored, byHeart, unneeded = [] }: Circumstances): Doubt[] {
  const doubts: Doubt[] = [];
  if (byHeart !== undefined && isByHeart(byHeart)) {
    const { written, known, constants } = byHeart;
    doubts.push({
      reason: `it knows its known cases by heart: ${plural(constants, "new constant")}, ${written} of ${known} cases written down`,
      settle: "Ask for a fix that computes the answers, or confirm that a table is what the tool should be.",
    });
  }
  if (unneeded.length > 0) {
    doubts.push({
      reason: `what it changes on ${unneeded.length === 1 ? "line" : "lines"} ${unneeded.join(", ")} makes no difference to any call or case`,
      settle: "Leave that part out, or add a case that shows what it is for.",
    });
  }
  if (explored === undefined) return doubts;
  const { answered, failed, differ, near, nearChanged } = explored;
  if (failed > 0) {
    doubts.push({
      reason: `it fails on ${failed} of ${plural(answered, "generated input")} that the current version answers`,
      settle: "Look at the smallest of them: if callers may send it, ask for a fix that answers it.",
    });
  }
  if (!tally.silent && differ > 0) {
    doubts.push({
      reason: `it answers ${differ} of ${plural(answered, "generated input")} otherwise than the current version`,
      settle: "Look at the smallest of them and say which answer is right, or ask for a fix that keeps them.",
    });
  }
  if (near >= ENOUGH_NEAR && nearChanged === 0) {
    doubts.push({
      reason: `it mends only the very inputs that it is judged by: none of ${near} like them changes`,
      settle: "Ask for a fix that mends the cause, not the recorded inputs.",
    });
  }
  return doubts;
}

/** Fewer inputs near the corrected ones say nothing about a rare bug. */
const ENOUGH_NEAR = 20;

function strategyDoubts(tally: Tally, { goodCallsPerDay }: Circumstances): Doubt[] {
  const { strategyUsed, base, stored, agreed, comparable, needed } = tally;
  if (strategyUsed === "manual") {
    return [
      {
        reason: "nothing can be tested here without a person",
        settle: "Add test cases to the tool, or decide with each warning acknowledged.",
      },
    ];
  }
  if (strategyUsed === "synthetic") {
    const [total, passed] = [base.total + stored.total, base.passed + stored.passed];
    if (passed === total) return [];
    return [
      {
        reason: `${passed} of ${total} cases pass`,
        settle: "Look at the cases that did not pass; a case may lack the effects that it needs.",
      },
    ];
  }
  if (comparable < needed) {
    const wait = waitFor(needed - agreed, goodCallsPerDay);
    return [
      {
        reason: `${agreed} agreeing ${agreed === 1 ? "call" : "calls"}, ${needed} needed`,
        settle: `${plural(needed - agreed, "more agreeing call")}${wait}, or test cases in the tool.`,
      },
    ];
  }
  if (tally.bounds.lower >= tally.threshold) return strayDoubts(tally);
  return [
    {
      reason: `${goodAnswers(tally, tally.bounds.lower)}, ${percent(tally.threshold, "down")} asked`,
      settle: `More calls that agree, until the lower bound reaches ${percent(tally.threshold, "down")}.`,
    },
  ];
}

/** Where good calls went astray, agreement is known of the others only: enough where it holds whatever those would show. */
function strayDoubts({ strayed, agreed, comparable, threshold }: Tally): Doubt[] {
  if (strayed === 0 || clopperPearson(agreed, comparable + strayed, ALPHA, "lower") >= threshold) return [];
  return [
    {
      reason: `${strayed} of ${plural(comparable + strayed, "good call")} asked for an effect that was not recorded, so nobody knows what they would answer`,
      settle: "Add cases that state the effects which the new version asks for, or ask for a fix that needs no others.",
    },
  ];
}

function purposeDoubts(tally: Tally, { purpose, latencyGainMs }: Circumstances): Doubt[] {
  const doubts: Doubt[] = [];
  const count = (label: Label) => tally.targets.filter((one) => one.label === label).length;
  const failing = count("still_failing");
  if (failing > 0) {
    doubts.push({
      reason: `${failing} of ${plural(tally.targets.length, "target")} still ${failing === 1 ? "fails" : "fail"}`,
      settle: "Ask for a fix that covers the failures that are left.",
    });
  }
  if (purpose === "slow" && !(latencyGainMs !== null && latencyGainMs > 0)) {
    doubts.push({
      reason: "no gain in latency is certain",
      settle: "More recorded calls to compare, or a fix that is clearly faster.",
    });
  }
  if (purpose === "slow" || purpose === "other") return [...doubts, ...openOrUnlike(tally)];
  if (tally.targets.length === 0) {
    doubts.push({
      reason: "no call or case that is known to be wrong was there to repair",
      settle: "Mark a wrong output, or add a case that fails today.",
    });
  } else if (tally.met === 0) {
    const [unconfirmed, handled, diverged] = [count("unconfirmed"), count("handled"), count("diverged")];
    if (unconfirmed > 0) doubts.push(confirmDoubt(unconfirmed));
    if (handled > 0) {
      doubts.push({
        reason: `${plural(handled, "failure")} refused clearly, and no case asks for the refusal`,
        settle: "Say that the refusals are right, or what the right answers are.",
      });
    }
    if (diverged > 0) doubts.push(divergedDoubt(diverged));
  } else doubts.push(...openOrUnlike(tally));
  return doubts;
}

function openOrUnlike(tally: Tally): Doubt[] {
  const open = openTargets(tally);
  return open.length > 0 ? open : unlikeTargets(tally);
}

/**
 * One confirmed answer speaks for failures of its kind: a fix of one kind may answer another with anything, and a change that
 * is for none of them may as well.
 */
function unlikeTargets({ targets, aside }: Tally): Doubt[] {
  const unlike = [...Map.groupBy([...targets, ...aside], ({ failure = "" }) => failure).values()]
    .filter((kind) => !kind.some(isMet))
    .map((kind) => kind.filter(({ label }) => label === "unconfirmed").length)
    .filter((count) => count > 0);
  if (unlike.length === 0) return [];
  const values = unlike.reduce((sum, count) => sum + count);
  return [
    {
      reason: `${plural(values, "new value")} where ${unlike.length === 1 ? "one kind of failure was" : `${unlike.length} kinds of failure were`}, of which nothing confirms any`,
      settle: `Confirm one ${unlike.length === 1 ? "of them" : "of each kind"}, or give the right one.`,
    },
  ];
}

/** Synthetic testing passes only when every target does; a clear refusal beside a repair does not stand in its way. */
function openTargets(tally: Tally): Doubt[] {
  if (tally.strategyUsed !== "synthetic") return [];
  const count = (label: Label) => tally.targets.filter((one) => one.label === label).length;
  const doubts: Doubt[] = [];
  // Where as many are confirmed, and nothing but chance says which, the others are taken to be like them.
  const alike = tally.changes.confirmed > 0 && tally.changes.explained;
  if (count("unconfirmed") > 0 && !alike) doubts.push(confirmDoubt(count("unconfirmed")));
  if (count("diverged") > 0) doubts.push(divergedDoubt(count("diverged")));
  return doubts;
}

function confirmDoubt(count: number): Doubt {
  return {
    reason: `${plural(count, "new value")} that nothing confirms`,
    settle:
      count === 1
        ? "Confirm this value, or give the right one."
        : `Confirm one of these ${count} values, or give the right one.`,
  };
}

function divergedDoubt(count: number): Doubt {
  return {
    reason: `${plural(count, "failure")} asked for effects that were not recorded`,
    settle: "Add a case that states the effects which the new version asks for.",
  };
}
