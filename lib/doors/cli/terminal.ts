/** What the command line asks of the machine around it. */
import type { Readable } from "node:stream";

export type Terminal = {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The checkout, against which a relative WHETSTONE_HOME is resolved. */
  readonly root: string;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly colour: boolean;
  /** Whether a person can be asked. */
  readonly interactive: boolean;
  readonly readFile: (path: string) => Promise<string>;
  /** Settles once the file is open. */
  readonly openFile: (path: string) => Promise<Readable>;
  readonly readStdin: () => Promise<string>;
  readonly ask: (question: string) => Promise<string>;
  readonly fetch: typeof globalThis.fetch;
};

/** The request cannot be understood: exit status 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** It was understood and failed: exit status 1. `problem` is what the server said, where it did. */
export class CliFailure extends Error {
  override readonly name = "CliFailure";
  readonly problem: unknown;

  constructor(message: string, problem?: unknown) {
    super(message);
    this.problem = problem;
  }
}
