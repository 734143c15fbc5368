/** Performs the effects of live calls outside of the sandbox, by the permissions of each tool. */
import { z } from "zod";
import type { Json } from "#lib/core/json.ts";
import { placeholderOf } from "#lib/core/secret-placeholder.ts";
import type { Permissions } from "#lib/core/tool.ts";
import type { Clock } from "#lib/ports/clock.ts";
import type { KeyValueRepository } from "#lib/ports/database.ts";
import type { EffectBroker } from "#lib/ports/effects.ts";
import { EffectError, FetchRequest, fetchForTool } from "./fetch-for-tool.ts";
import { secretsOf } from "./secrets.ts";

export type EffectBrokerOptions = {
  readonly keyValues: KeyValueRepository;
  /** The value of a secret, or undefined where it is not set. */
  readonly readSecret: (name: string) => string | undefined | Promise<string | undefined>;
  /** Whether declared host names may have addresses of this machine or its network. */
  readonly allowPrivateAddresses: boolean;
  readonly clock: Clock;
};

const KEY = z.string().min(1).max(512);
const KeyRequest = z.strictObject({ key: KEY });
const SetRequest = z.strictObject({ key: KEY, value: z.json() });
const SecretRequest = z.strictObject({ name: z.string() });
/** Largest value of the store, as JSON text. */
const LARGEST_VALUE = 1_048_576;

/** Builds the broker. What the permissions do not grant is refused here too, whatever the guest's side says. */
export function createEffectBroker(options: EffectBrokerOptions): EffectBroker {
  const { keyValues, readSecret, allowPrivateAddresses, clock } = options;
  return (tool, { permissions }) =>
    async ({ kind, request, seal, signal }): Promise<Json> => {
      switch (kind) {
        case "fetch": {
          const values = new Map<string, string | undefined>();
          for (const name of permissions.secrets) values.set(name, await readSecret(name));
          return await fetchForTool(parse(FetchRequest, kind, request), {
            hosts: permissions.network,
            secrets: secretsOf(permissions.secrets, seal, (name) => values.get(name)),
            allowPrivateAddresses,
            signal,
          });
        }
        case "kv.get":
          demand(permissions, "read");
          return (await keyValues.get(tool, parse(KeyRequest, kind, request).key)) ?? null;
        case "kv.set": {
          demand(permissions, "write");
          const { key, value } = parse(SetRequest, kind, request);
          if (JSON.stringify(value).length > LARGEST_VALUE) {
            throw new EffectError("InvalidRequest", `The value of "${key}" is larger than ${LARGEST_VALUE} characters`);
          }
          await keyValues.set(tool, key, value);
          return null;
        }
        case "kv.delete":
          demand(permissions, "write");
          await keyValues.delete(tool, parse(KeyRequest, kind, request).key);
          return null;
        case "secret": {
          const { name } = parse(SecretRequest, kind, request);
          if (permissions.secrets.includes(name)) return placeholderOf(name, seal);
          throw new EffectError("PermissionDenied", `The secret "${name}" is not declared in permissions.secrets`);
        }
        case "now":
          return clock.now().getTime();
        case "uuid":
          return clock.id();
        default:
          throw new EffectError("InvalidRequest", `ctx.${kind} is answered inside the sandbox`);
      }
    };
}

function demand({ kv }: Permissions, access: "read" | "write"): void {
  if (kv === "write" || kv === access) return;
  throw new EffectError("PermissionDenied", `permissions.kv is "${kv}": declare "${access}" to do this`);
}

function parse<Schema extends z.ZodType>(schema: Schema, kind: string, request: Json): z.output<Schema> {
  const parsed = schema.safeParse(request);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? "the request" : issue.path.join(".");
  throw new EffectError("InvalidRequest", `ctx.${kind}: ${where} is not valid (${issue?.message ?? "unknown"})`);
}
