/** Answers that callers ask for again at once: nobody said that they are wrong, so it is told as a suspicion. */
import { type Answer, pairAnswers } from "#lib/core/asked-again.ts";
import { type AskedAgain, findAskedAgain, isOfKind, tallyOf } from "#lib/core/asked-again-rise.ts";
import { describeCluster } from "#lib/core/clusters.ts";
import { canonicalJson, sha256 } from "#lib/core/json.ts";
import type { Statistics } from "#lib/core/opportunity.ts";
import type { Tally } from "#lib/core/sequential.ts";
import type { Problem } from "./decide.ts";
import type { ToolRecord } from "./record.ts";
import { brief, count, sayTime } from "./words.ts";

const MOST_EXAMPLES = 5;

type Suspected = Pick<Problem, "reason" | "clusters" | "attribution" | "findings"> & {
  readonly askedAgain: NonNullable<Statistics["askedAgain"]>;
};

/** The good answers of the record, each with what its caller asked in its place. */
export function answersOf({ asked, right }: Pick<ToolRecord, "asked" | "right">): Answer[] {
  return pairAnswers(asked, right);
}

export function findSuspected(record: ToolRecord, answers: readonly Answer[], now: Date): Suspected | null {
  const found = findAskedAgain(answers, record.version);
  if (found === null) return null;
  const { kind, since, before, callers, asked } = found;
  const members = asked.map(({ first }) => ({ ...first, tool: record.tool, effects: [] }));
  const error = { name: "AskedAgain", message: "", stack: "" };
  const key = sha256(canonicalJson(["asked again", kind])).slice(0, 16);
  const cluster = describeCluster(key, error, members, record);
  const smallest = asked.find(({ first }) => first.id === cluster.smallestExecutionId) ?? asked[0];
  return {
    reason: `Callers ask again after ${sayAsked(found.now)}${ofKind(kind)} since ${sayTime(since, now)}, before after ${before.bad} of ${before.calls}: they may be wrong`,
    clusters: [
      {
        ...cluster,
        message: smallest === undefined ? "" : sayExample(smallest),
        attribution: "unknown",
      },
    ],
    // Only a word on an answer tells whether the tool is at fault.
    attribution: "unknown",
    findings: [
      "Nobody said yet that one of these answers is wrong: open some and say whether they are. One that is wrong is a known problem that a fix can be held against; if all are right, dismiss this",
      `${count(callers, "caller")} ask again within a minute, with an input that is nearly the same`,
      ...otherwise(found),
      ...versionThen(record, since, now),
    ],
    askedAgain: {
      asked: found.now.bad,
      of: found.now.calls,
      since,
      before: { asked: before.bad, of: before.calls },
      ...(kind === null ? {} : { kind }),
      callers,
      examples: asked.slice(0, MOST_EXAMPLES).map(({ first, next }) => ({ executionId: first.id, nextId: next.id })),
    },
  };
}

/** Answers that were asked for again beyond what was usual before. */
export function beyondUsual({ asked, of, before }: NonNullable<Statistics["askedAgain"]>): number {
  return asked - (of * before.asked) / before.of;
}

/** What a suspicion is held against before it is resolved: the same kind of answers since it was last there. */
export function answersSince(answers: readonly Answer[], { askedAgain, until }: Statistics, version: number): Tally {
  const kind = askedAgain?.kind ?? null;
  return tallyOf(
    answers.filter((answer) => {
      const { first } = answer;
      return first.version === version && first.startedAt >= until && isOfKind(answer, kind);
    }),
  );
}

function sayAsked({ calls, bad }: Tally): string {
  return `${bad.toLocaleString("en-US")} of ${count(calls, "answer")}`;
}

function ofKind(kind: string | null): string {
  return kind === null ? "" : ` where ${brief(kind)}`;
}

function otherwise({ others }: AskedAgain): string[] {
  return others === null
    ? []
    : [`Of its other answers since then ${others.bad} of ${others.calls} were asked for again`];
}

/** The version that became active last before it is the first suspect. */
function versionThen({ activations, version }: ToolRecord, since: Date, now: Date): string[] {
  const [last] = activations.filter(({ at }) => at <= since);
  return last === undefined || last.version !== version
    ? []
    : [`Version ${version} had become active at ${sayTime(last.at, now)}`];
}

function sayExample({ first, next }: AskedAgain["asked"][number]): string {
  const answer = first.output === undefined ? "" : `, answered ${brief(canonicalJson(first.output), 60)}`;
  return `asked ${brief(canonicalJson(first.input), 80)}${answer}, asked ${brief(canonicalJson(next.input), 80)} next`;
}
