/** A function of the repair corpus: a buggy and a right source, and recorded cases. */
import { basename } from "node:path";
import type { Json } from "#lib/core/json.ts";
import { corpusFiles, readCorpus } from "../corpora/read-corpus.ts";

export type TaskCase = { readonly input: readonly Json[]; readonly expected: Json; readonly from: "example" | "test" };
export type Task = {
  readonly id: string;
  readonly corpus: string;
  readonly entry: string;
  readonly params: readonly string[];
  /** Not "exact" where several answers are right. */
  readonly compare: string;
  readonly docstring: string;
  readonly buggy: string;
  readonly canonical: string;
  /** What the tool's author wrote down as cases, and what nobody shows to the gate. */
  readonly visible: readonly TaskCase[];
  readonly hidden: readonly TaskCase[];
};

type Row = {
  readonly id: string;
  readonly entry: string;
  readonly params?: readonly string[];
  readonly compare: string;
  readonly docstring: string;
  readonly buggy_source: string;
  readonly canonical_source: string;
  readonly cases: readonly TaskCase[];
};

/** Every task of every file of the repair corpus, in the order of the files. */
export async function readTasks(): Promise<Task[]> {
  const tasks: Task[] = [];
  for (const file of await corpusFiles("repair")) {
    for (const row of await readCorpus<Row>(file)) tasks.push(taskOf(basename(file, ".jsonl"), row));
  }
  return tasks;
}

function taskOf(corpus: string, row: Row): Task {
  const examples = row.cases.filter(({ from }) => from === "example");
  // Where no case is marked as an example, every other one is what the author wrote down.
  const visible = examples.length > 0 ? examples : row.cases.filter((_, index) => index % 2 === 0);
  return {
    id: row.id,
    corpus,
    entry: row.entry,
    params: row.params ?? paramsOf(row.canonical_source, row.entry),
    compare: row.compare,
    docstring: row.docstring,
    buggy: row.buggy_source,
    canonical: row.canonical_source,
    visible,
    hidden: row.cases.filter((one) => !visible.includes(one)),
  };
}

/** Names of a function's parameters, defaults left out. */
function paramsOf(source: string, entry: string): string[] {
  const list = new RegExp(`(?:function\\s+${entry}\\s*|${entry}\\s*=\\s*)\\(([^)]*)\\)`).exec(source)?.[1] ?? "";
  return list
    .split(",")
    .map((name) => name.trim().replace(/\s*=.*$/s, ""))
    .filter((name) => name !== "");
}
