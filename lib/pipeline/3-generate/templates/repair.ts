/** The words of the template repairer: what it is told, and what it answers. */

import type ts from "typescript";
import type { Json } from "#lib/core/json.ts";
import type { JsonSchema } from "#lib/core/tool.ts";
import type { Bindings } from "./bindings.ts";

/** One failure as it was seen. `lines` are the tool's own stack lines, nearest first. */
export type Failure = {
  readonly errorName: string;
  readonly message: string;
  readonly lines: readonly number[];
  readonly input: Json;
};

/** Everything that guides where and how a repair is tried. */
export type Hints = {
  readonly failures: readonly Failure[];
  /** Inputs that were answered well: a guard that refuses one of them is wrong. */
  readonly passing: readonly Json[];
  /** Cases of the base version that ask for a refusal. */
  readonly refusals: readonly { readonly code: string; readonly input: Json }[];
  /** Inputs whose right answer is known. */
  readonly answers: readonly { readonly input: Json; readonly expected: Json }[];
  readonly inputSchema: JsonSchema;
};

/** A replacement of the text between two offsets. */
export type Edit = { readonly start: number; readonly end: number; readonly text: string };

/** A repair as a template writes it: edits on the text, and how plausible the template finds it (lower is better). */
export type Draft = { readonly edits: readonly Edit[]; readonly rationale: string; readonly weight: number };

/** A whole candidate source. `cost` orders the search: lower is tried first. */
export type Repair = {
  readonly source: string;
  readonly template: string;
  readonly rationale: string;
  readonly cost: number;
};

/** What a template looks at: one parsed source with its hints. */
export type Site = {
  readonly source: string;
  readonly file: ts.SourceFile;
  /** The parts of the file that run: helpers and the body of `run`, without schemas and test cases. */
  readonly code: readonly ts.Node[];
  readonly run: ts.FunctionLikeDeclaration;
  readonly bindings: Bindings;
  readonly style: Style;
  readonly hints: Hints;
  /** From 0 (nothing points here) to 1 (a failure's own line). */
  suspicion(node: ts.Node): number;
};

/** The habits of the file that edits keep to. */
export type Style = {
  readonly newline: string;
  readonly unit: string;
  readonly quote: string;
  readonly semicolon: string;
};

/** One family of repairs. */
export type Template = { readonly name: string; drafts(site: Site): Iterable<Draft> };
