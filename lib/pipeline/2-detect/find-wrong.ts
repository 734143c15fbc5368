/** Wrong values that no exception shows, found through what people and agents said of them, and the tool's own cases. */
import { describeCluster, inputShape } from "#lib/core/clusters.ts";
import type { Execution, Feedback } from "#lib/core/execution.ts";
import { canonicalJson, sha256 } from "#lib/core/json.ts";
import type { Cluster } from "#lib/core/opportunity.ts";
import type { Problem } from "./decide.ts";
import type { ToolRecord, WrongCase } from "./record.ts";
import { brief, count, sayTime } from "./words.ts";

type Wrong = { readonly execution: Execution; readonly feedback: Feedback };

/**
 * One word of a person is enough: an output marked wrong is wrong until somebody says otherwise; so is what a case of the
 * tool says otherwise.
 */
export function findWrong(
  record: ToolRecord,
  now: Date,
): Pick<Problem, "reason" | "clusters" | "attribution" | "findings"> | null {
  const [newest] = record.wrong;
  const ofCases = sayCases(record.wrongCases);
  const [first] = ofCases;
  const otherwise = `${count(record.wrongCases.length, "case")} of its own ${record.wrongCases.length === 1 ? "is" : "are"} answered otherwise`;
  if (newest === undefined) {
    if (first === undefined) return null;
    return {
      reason: `${otherwise}: ${first}`,
      clusters: [],
      attribution: "tool",
      findings: ofCases.slice(0, MOST_CASES),
    };
  }
  const byShape = Map.groupBy(record.wrong, ({ execution }) => inputShape(execution.input));
  const clusters = [...byShape].map(([shape, wrong]) => clusterOf(record, shape, wrong));
  clusters.sort((a, b) => b.count - a.count || (a.key < b.key ? -1 : 1));
  const expected = record.wrong.filter(({ feedback }) => feedback.expectedOutput !== undefined).length;
  const all = record.marked?.wrong ?? record.wrong.length;
  const marked = all === 1 ? "1 answer was" : `${count(all, "answer")} were`;
  return {
    reason: `${marked} marked wrong, the last at ${sayTime(newest.feedback.createdAt, now)}: ${difference(newest)}${first === undefined ? "" : `; ${otherwise}`}`,
    clusters,
    attribution: "tool",
    findings: [
      expected === 0
        ? "Nobody said what the right answers are: give them, and a fix can be held against them"
        : `The right answer is known for ${expected} of ${all > record.wrong.length ? "the newest " : ""}${record.wrong.length}`,
      // What several said in the same words is told once.
      ...[...new Set(record.wrong.flatMap(({ feedback }) => (feedback.note ? [brief(feedback.note, 200)] : [])))]
        .slice(0, 3)
        .map((note) => `Somebody noted: ${note}`),
      ...ofCases.slice(0, MOST_CASES),
    ],
  };
}

const MOST_CASES = 5;

/** Those of one description in one line, with how many they are. */
function sayCases(cases: readonly WrongCase[]): string[] {
  return [...Map.groupBy(cases, ({ description }) => description)].map(([description, [first, ...others]]) => {
    const got = brief(first?.got ?? "nothing", 80);
    return others.length === 0
      ? `its case "${brief(description, 80)}" got ${got}`
      : `${others.length + 1} of its cases "${brief(description, 80)}", the first got ${got}`;
  });
}

function clusterOf(record: ToolRecord, shape: string, wrong: readonly Wrong[]): Cluster {
  const members = wrong.map(({ execution }) => execution);
  const error = { name: "WrongOutput", message: "", stack: "" };
  const key = sha256(canonicalJson(["wrong output", shape])).slice(0, 16);
  const cluster = describeCluster(key, error, members, record);
  const shown = wrong.find(({ execution }) => execution.id === cluster.smallestExecutionId) ?? (wrong[0] as Wrong);
  return { ...cluster, message: difference(shown), attribution: "tool" };
}

function difference({ execution, feedback }: Wrong): string {
  const got = brief(canonicalJson(execution.output), 60);
  if (feedback.expectedOutput === undefined) return `answered ${got}`;
  return `answered ${got}, should be ${brief(canonicalJson(feedback.expectedOutput), 60)}`;
}
