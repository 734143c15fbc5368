/** The checkout's folder. */
export const root: string;
export function stop(line: string, status?: number): never;
export function pinnedNode(): string | null;
export function isInstalled(): boolean;
export function ensureInstalled(): Promise<void>;
export function runPinned(file: string, args?: string[]): Promise<never>;
