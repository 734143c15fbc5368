/** Secrets on their way out: a guest holds placeholders, and only a request to a declared host gets the values. */
import { placeholderOf } from "#lib/core/secret-placeholder.ts";

/** How a value is written where it is put. */
export type Encoding = "url" | "header" | "json" | "form" | "plain";

const WRITTEN: Record<Encoding, (value: string) => string> = {
  url: encodeURIComponent,
  form: encodeURIComponent,
  json: (value) => JSON.stringify(value).slice(1, -1),
  header: (value) => value,
  plain: (value) => value,
};

export type Secrets = {
  /** @throws Error `SecretMissing` where a placeholder stands for a secret that has no value */
  fill(text: string, encoding: Encoding): string;
  /** Takes out values that an upstream sent back, in any way in which they were written. */
  mask(text: string): string;
};

/** Shorter values would be found by accident. */
const SHORTEST_MASKED = 4;

export class SecretMissing extends Error {
  override readonly name = "SecretMissing";
}

/**
 * The secrets that one call may use. Only placeholders with its seal are filled in: those that a caller or an upstream wrote,
 * in whatever coding the tool passes them on, are left as they stand.
 */
export function secretsOf(
  names: readonly string[],
  seal: string,
  readSecret: (name: string) => string | undefined,
): Secrets {
  return {
    fill(text, encoding) {
      let filled = text;
      for (const name of names) {
        const written = placeholderOf(name, seal);
        // A URL that was parsed has its braces encoded.
        for (const placeholder of [written, encodeURIComponent(written), encodeURI(written)]) {
          if (!filled.includes(placeholder)) continue;
          const value = readSecret(name);
          if (value === undefined || value === "") {
            throw new SecretMissing(
              `The secret ${name} has no value: set it in the settings, or WHETSTONE_SECRET_${name} where Whetstone runs`,
            );
          }
          filled = filled.split(placeholder).join(WRITTEN[encoding](value));
        }
      }
      return filled;
    },
    mask(text) {
      let masked = text;
      // Those that this request did not carry too: a server may have kept one from an earlier request.
      for (const name of names) {
        const value = readSecret(name);
        if (value === undefined || value.length < SHORTEST_MASKED) continue;
        const quoted = WRITTEN.json(value);
        const coded = Buffer.from(value).toString("base64");
        for (const written of new Set([WRITTEN.json(quoted), quoted, encodeURIComponent(value), coded, value])) {
          masked = masked.split(written).join(placeholderOf(name));
        }
      }
      return masked;
    },
  };
}
