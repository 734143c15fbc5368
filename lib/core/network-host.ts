/** Hosts that a tool declares: what `permissions.network` may name, and what is no host. */
import type { Manifest } from "./tool.ts";

const HOST = /^(?:[a-z0-9_.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/;

/**
 * What the declared hosts have wrong, in one sentence each. A request is held against them as URLs write their hosts, letter by
 * letter: what no URL writes like that would be granted and never reached.
 */
export function networkFaults({ permissions: { network } }: Pick<Manifest, "permissions">): string[] {
  return network.flatMap((host) => {
    if (isHost(host)) return [];
    const meant = meantHost(host);
    const instead = meant === null ? "name each host, such as api.example.com" : `write "${meant}"`;
    return [`permissions.network names "${host}", which is no host: ${instead}`];
  });
}

function isHost(host: string): boolean {
  const written = host.toLowerCase();
  return HOST.test(written) && (hostOf(`http://${written}`) === written || hostOf(`https://${written}`) === written);
}

/** The host that somebody meant who wrote a whole address, or letters that URLs write otherwise. */
function meantHost(text: string): string | null {
  for (const url of [text.trim(), `https://${text.trim()}`]) {
    const host = hostOf(url);
    if (host !== null && isHost(host)) return host;
  }
  return null;
}

function hostOf(url: string): string | null {
  return URL.parse(url)?.host || null;
}
