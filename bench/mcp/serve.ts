/** What a server process of the bench tells its parent, and how it ends: when the parent lets go of its stdin. */
export type Served = { readonly port: number; readonly key?: string };

/** Says where it serves, and closes when stdin ends. */
export function serve(served: Served, close: () => Promise<void>): void {
  process.stdout.write(`${JSON.stringify(served)}\n`);
  process.stdin.resume();
  process.stdin.on("end", () => void close().finally(() => process.exit(0)));
}
