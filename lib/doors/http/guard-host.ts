/** Keeps a page on another host from reaching this server under its own name (DNS rebinding). */
import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import { HttpRefusal } from "./problem-response.ts";

/** The host name of a `Host` header without port and brackets, in lower case; null where it is not one. */
export function hostName(header: string | undefined): string | null {
  const parts = /^(?:\[([0-9a-f:.%]+)\]|([^:[\]/@\s]+))(?::\d{1,5})?$/i.exec(header ?? "");
  const name = parts?.[1] ?? parts?.[2];
  return name === undefined ? null : name.toLowerCase();
}

const PLAIN_ADDRESS = /^(?:127\.0\.0\.1|localhost)(?::\d{1,5})?$/;

/**
 * Refuses requests under a name that this server does not know. An address cannot be rebound, so all of them pass.
 * @param own names that the installation is reached by, besides localhost
 * @throws HttpRefusal 421
 */
export function guardHost(request: IncomingMessage, own: readonly string[]): void {
  const header = request.headers.host;
  // The address that nearly every call of this machine comes to, without a look into it.
  if (header !== undefined && PLAIN_ADDRESS.test(header)) return;
  const name = hostName(header);
  if (name !== null) {
    if (isIP(name) !== 0 || name === "localhost" || name.endsWith(".localhost")) return;
    if (own.some((known) => known.toLowerCase() === name)) return;
  }
  throw new HttpRefusal(
    421,
    `This server does not answer as "${name ?? "nobody"}": use its address or localhost, or set WHETSTONE_HOST to that name.`,
  );
}
