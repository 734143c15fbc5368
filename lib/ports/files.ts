/** The tools folder and the backups folder. Names are tool names, never paths. */
export type ToolFile = { readonly name: string; readonly source: string; readonly hash: string };

export type Files = {
  /** Every `<name>.ts` of the tools folder that follows the naming rule, and why others do not. */
  list(): Promise<{ tools: ToolFile[]; unusable: { file: string; reason: string }[] }>;
  read(name: string): Promise<ToolFile | null>;
  /** Copies the current file to the backups folder; returns the path, or null where there is no file. */
  backup(name: string, at: Date): Promise<string | null>;
  /** Backups of a tool, newest first. */
  backups(name: string): Promise<{ path: string; source: string; hash: string; at: Date }[]>;
  /** Removes backups from before a day, except the newest `keep`; answers their paths. */
  pruneBackups(name: string, policy: { readonly keep: number; readonly before: Date }): Promise<string[]>;
  /** Writes a staged copy beside the tools, flushed to the disk; it can never be loaded as a tool. */
  stage(name: string, source: string): Promise<{ path: string; hash: string }>;
  /**
   * Renames the staged copy over the tool, flushes the folder, reads back; returns the hash read.
   * @param over what the tool's file holds, null for no file
   * @throws Problem conflict where it holds another: that is somebody's, and stays
   */
  commitStaged(name: string, stagedPath: string, over: string | null): Promise<string>;
  /**
   * Takes the tool's file away where it holds this content, and flushes the folder.
   * @throws Problem conflict where it holds another: that stays
   */
  remove(name: string, hash: string): Promise<void>;
  /** Removes a staged copy if it is there. */
  discardStaged(name: string): Promise<void>;
  /** Digests that the file had when this folder last agreed with the database; empty where it never did. */
  agreed(name: string): Promise<readonly string[]>;
  /** Notes what the file holds that is no edit: before it is replaced for the database, what it holds and will hold. */
  noteAgreed(name: string, hashes: readonly string[]): Promise<void>;
  /** Calls back after a tool file changed on disk; several changes at once give one call. */
  watch(onChange: () => void): () => void;
  readonly folder: string;
};
