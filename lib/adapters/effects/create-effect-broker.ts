/** Performs the effects of live calls, as far as a tool's permissions go. */
import { z } from "zod";
import { Json } from "#lib/core/json.ts";
import type { Manifest } from "#lib/core/tool.ts";
import type { KeyValueRepository } from "#lib/ports/database.ts";
import type { EffectBroker } from "#lib/ports/effects.ts";
import { fetchDeclared } from "./fetch-declared.ts";

const KvRead = z.object({ key: z.string().min(1).max(1_000) });
const KvWrite = KvRead.extend({ value: Json });

/** What the guest is told; the name shows in its error. */
function refuse(message: string): never {
  throw Object.assign(new Error(message), { name: "PermissionDenied" });
}

/**
 * Builds the broker.
 * @param options.keyValues the store behind `ctx.kv`; `readSecret` gives a secret by its name, or undefined
 * @param options.allowPrivateAddresses whether declared hosts may resolve to private or loopback addresses
 */
export function createEffectBroker(options: {
  keyValues: KeyValueRepository;
  readSecret: (name: string) => string | undefined;
  allowPrivateAddresses: boolean;
}): EffectBroker {
  const { keyValues, readSecret, allowPrivateAddresses } = options;
  return (tool: string, manifest: Manifest) =>
    async ({ kind, request, signal }) => {
      const { network, kv, secrets } = manifest.permissions;
      switch (kind) {
        case "fetch":
          return fetchDeclared(request, { hosts: network, secrets, readSecret, allowPrivateAddresses, signal });
        case "kv.get": {
          if (kv === "none") refuse("permissions.kv does not allow reading");
          return (await keyValues.get(tool, KvRead.parse(request).key)) ?? null;
        }
        case "kv.set": {
          if (kv !== "write") refuse("permissions.kv does not allow writing");
          const { key, value } = KvWrite.parse(request);
          await keyValues.set(tool, key, value);
          return null;
        }
        case "kv.delete": {
          if (kv !== "write") refuse("permissions.kv does not allow writing");
          await keyValues.delete(tool, KvRead.parse(request).key);
          return null;
        }
        default:
          // Time, chance, secrets and logs are answered inside the sandbox.
          return refuse(`${kind} is not performed by the host`);
      }
    };
}
