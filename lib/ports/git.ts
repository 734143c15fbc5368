/** The repository that holds the tools folder, where there is one. Names are tool names, never paths. */
export type GitAuthor = { readonly name: string; readonly email: string };

export type GitCommit = {
  readonly id: string;
  readonly author: GitAuthor;
  readonly at: Date;
  /** First line of the message. */
  readonly subject: string;
};

export type ToolCommit = GitCommit & {
  /** The file's base name in that commit: another one before a rename. */
  readonly name: string;
  readonly source: string;
};

export type Git = {
  /** Top folder of the repository; null where there is none, where it ignores the tools, or where git is off. */
  repository(): Promise<string | null>;
  /** The commit that is checked out; null without a repository, or before its first commit. */
  head(): Promise<string | null>;
  /** Commits that changed a tool's file, oldest first, through renames; empty without a repository. */
  history(name: string): Promise<ToolCommit[]>;
  /** The commit that the file on disk comes from; null while it has changes that nobody committed. */
  lastCommit(name: string): Promise<GitCommit | null>;
  /** Commits a tool's file and nothing else, whatever is staged. Answers the commit, or null where nothing changed. */
  commit(name: string, commit: { message: string; author: GitAuthor }): Promise<string | null>;
};
