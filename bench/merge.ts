/** The three-way merge on real merges of public repositories: against git, and against what a person committed. */

import { mergeThreeWay } from "../lib/core/merge.ts";
import { mergeSources } from "../lib/core/merge-sources.ts";
import { mergeTrees } from "../lib/core/merge-syntax.ts";
import { readMergeTree } from "../lib/core/merge-tree.ts";
import { sameSyntax } from "../lib/core/same-syntax.ts";
import { readCorpus } from "./corpora/read-corpus.ts";
import { type BenchResult, figure } from "./figure.ts";

type Triple = {
  readonly id: string;
  readonly path: string;
  readonly base: string;
  readonly ours: string;
  readonly theirs: string;
  readonly git_clean: boolean;
  readonly git_merged: string;
  readonly human: string;
};

const MOST_UNLIKE_GIT = 0;
const LEAST_RESOLVED = 0.2;
const MOST_UNLIKE_PERSON = 1;

/** Merges every triple of the corpus; `quick` changes nothing, since all of it takes seconds. */
export async function run(_options: { quick: boolean }): Promise<BenchResult> {
  const triples = await readCorpus<Triple>("merge/triples-dev.jsonl");
  let agreed = 0;
  let equal = 0;
  let equalTree = 0;
  let unlikeGit = 0;
  let conflicted = 0;
  let gitConflicts = 0;
  let resolved = 0;
  let asPerson = 0;
  let byteForByte = 0;
  let alone = 0;
  let aloneUnlike = 0;
  let unlikePerson = 0;
  const times: number[] = [];
  for (const triple of triples) {
    const language = languageOf(triple.path);
    const texts = { base: triple.base, disk: triple.ours, database: triple.theirs };
    const began = performance.now();
    const merged = language === null ? mergeThreeWay(texts) : mergeSources(texts, language);
    times.push(performance.now() - began);
    const byLines = mergeThreeWay(texts);
    if ((byLines.text !== null) === triple.git_clean) agreed += 1;
    else note(triple, `lines say ${byLines.text === null ? "conflict" : "clean"}, git says the other`);
    if (triple.git_clean && merged.text !== null) {
      if (merged.text === triple.git_merged) equal += 1;
      else if (language !== null && sameSyntax(merged.text, triple.git_merged, language)) equalTree += 1;
      else {
        unlikeGit += 1;
        note(triple, "clean, and differs from git's");
      }
    }
    if (triple.git_clean) {
      const text = language === null ? null : bySyntaxAlone(texts, language);
      if (text === null || language === null) continue;
      alone += 1;
      if (text !== triple.git_merged && !sameSyntax(text, triple.git_merged, language)) {
        aloneUnlike += 1;
        note(triple, "by syntax alone clean, and differs from git's");
      }
      continue;
    }
    gitConflicts += 1;
    if (language === null) continue;
    conflicted += 1;
    if (merged.text === null) continue;
    resolved += 1;
    if (merged.text === triple.human) byteForByte += 1;
    if (sameSyntax(merged.text, triple.human, language)) asPerson += 1;
    else {
      unlikePerson += 1;
      note(triple, "resolved, and differs from what the person committed");
    }
  }
  times.sort((a, b) => a - b);
  const share = conflicted === 0 ? 0 : resolved / conflicted;
  const figures = {
    merges: figure(triples.length, "merges"),
    agreement: figure(agreed / triples.length, "share of merges"),
    clean_equal: figure(equal, "merges"),
    clean_equal_tree: figure(equalTree, "merges"),
    clean_differs: figure(unlikeGit, "merges", { atMost: MOST_UNLIKE_GIT }),
    git_conflicts: figure(gitConflicts, "merges"),
    conflicted_sources: figure(conflicted, "merges"),
    resolved: figure(resolved, "merges"),
    resolved_share: figure(share, "share of conflicted sources", { atLeast: LEAST_RESOLVED }),
    resolved_as_person: figure(asPerson, "merges"),
    resolved_byte_for_byte: figure(byteForByte, "merges"),
    resolved_differs: figure(unlikePerson, "merges", { atMost: MOST_UNLIKE_PERSON }),
    // What git merges cleanly, given to the syntax step with no lines before it: how far that step can be trusted.
    syntax_alone_clean: figure(alone, "merges"),
    syntax_alone_differs: figure(aloneUnlike, "merges"),
    ms_p50: figure(times[Math.floor(times.length / 2)] ?? 0, "ms"),
    ms_max: figure(times.at(-1) ?? 0, "ms"),
  };
  const ok = Object.values(figures).every((each) => each.ok !== false);
  return { bench: "merge", ok, figures };
}

function bySyntaxAlone(texts: { base: string; disk: string; database: string }, language: "ts" | "js"): string | null {
  const [base, disk, database] = [texts.base, texts.disk, texts.database].map((text) => readMergeTree(text, language));
  if (!base || !disk || !database) return null;
  const pieces = mergeTrees({ base, disk, database });
  let text = "";
  for (const piece of pieces ?? []) {
    if (!("text" in piece)) return null;
    text += piece.lead + piece.text + piece.trail;
  }
  return pieces === null ? null : text;
}

function note({ id }: Triple, what: string): void {
  process.stderr.write(`${id}: ${what}\n`);
}

function languageOf(path: string): "ts" | "js" | null {
  if (/\.[cm]?jsx?$/.test(path)) return "js";
  return /\.[cm]?tsx?$/.test(path) ? "ts" : null;
}
