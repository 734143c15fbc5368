/** Staged progress of the start, on stderr: one line a stage, with how long it took. */
export type Stages = {
  /** Runs one stage; `done` words its result. */
  run<T>(title: string, work: () => Promise<T>, done?: (result: T) => string): Promise<T>;
};

/** @param write where lines go; `tty` whether a running line may be overwritten */
export function createStages(write: (text: string) => void, tty: boolean): Stages {
  return {
    async run(title, work, done) {
      const started = performance.now();
      if (tty) write(`  …  ${title}`);
      try {
        const result = await work();
        const seconds = (performance.now() - started) / 1000;
        write(
          `${tty ? "\r\u001b[K" : ""}  ✓  ${done?.(result) ?? title}${seconds >= 0.5 ? ` (${seconds.toFixed(1)} s)` : ""}\n`,
        );
        return result;
      } catch (error) {
        write(`${tty ? "\r\u001b[K" : ""}  ✗  ${title}\n`);
        throw error;
      }
    },
  };
}
