/** Everything that may be asked, listed once for server actions, HTTP, command line and palette. */
import { CHANGES } from "./changes.ts";
import { READS } from "./reads.ts";
import type { Route } from "./route.ts";

export const ROUTES: readonly Route[] = [...READS, ...CHANGES];
