/** Which addresses belong to the machine or its own network rather than to the world. */
import { lookup as lookupAddress } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";

const PRIVATE_V4: readonly (readonly [string, number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  // Where a cloud answers its machines, besides link-local.
  ["168.63.129.16", 32],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
];
const PRIVATE_V6: readonly (readonly [string, number])[] = [
  // Addresses that carry an IPv4 one inside lead wherever that leads: compatible, translated, 6to4, Teredo.
  ["::", 96],
  ["64:ff9b::", 96],
  ["64:ff9b:1::", 48],
  ["2002::", 16],
  ["2001::", 32],
  ["fc00::", 7],
  ["fe80::", 10],
  ["fec0::", 10],
  ["ff00::", 8],
];

const blocked = new BlockList();
for (const [network, prefix] of PRIVATE_V4) blocked.addSubnet(network, prefix, "ipv4");
for (const [network, prefix] of PRIVATE_V6) blocked.addSubnet(network, prefix, "ipv6");

/** Whether an IP address is loopback, private, link-local, multicast or reserved; IPv4 inside IPv6 is looked through. */
export function isPrivateAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 0) return true;
  return blocked.check(address, family === 4 ? "ipv4" : "ipv6");
}

/** Why an address is not connected to, and who may change that. */
export function privateAddress(address: string): string {
  return `${address} is an address of this machine or its network, which tools may not reach unless Whetstone runs with WHETSTONE_ALLOW_PRIVATE_NETWORK=1`;
}

/** A host name that has a private address, where only public ones may be reached. */
export class PrivateAddress extends Error {
  override readonly name = "PermissionDenied";
}

/** Resolves names for one connection and refuses private addresses at that moment, so that no later answer can differ. */
export const lookupPublic: LookupFunction = (hostname, options, callback) => {
  lookupAddress(hostname, { ...options, all: true }, (error, addresses) => {
    const [first] = addresses ?? [];
    if (error !== null || first === undefined) return callback(error ?? new Error(`${hostname} has no address`), "", 4);
    const inside = addresses.find(({ address }) => isPrivateAddress(address));
    if (inside !== undefined) {
      return callback(new PrivateAddress(`${hostname} leads there: ${privateAddress(inside.address)}`), "", 4);
    }
    if (options.all === true) return callback(null, addresses);
    callback(null, first.address, first.family);
  });
};
