const begin = (): Worker =>
  new Worker(new URL("monaco-editor/editor/editor.worker.js", import.meta.url), { type: "module" });

// It loads beside the editor, not after it: where two sources stand, their differences are wanted at once.
let waiting = typeof window === "undefined" ? null : begin();

/** The worker that compares texts: the one that was begun with the page, later ones anew. */
export function takeWorker(): Worker {
  const taken = waiting ?? begin();
  waiting = null;
  return taken;
}
