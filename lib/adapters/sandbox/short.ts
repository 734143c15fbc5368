/** Guest code that runs on the worker's own thread is stopped after this, in milliseconds: others wait for it. */
export const SHORT_MS = 50;
