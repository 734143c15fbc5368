type Parsed = { ok: true; value: unknown } | { ok: false };

/** Reads what a person typed as JSON. */
export function parseJson(text: string): Parsed {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    return { ok: false };
  }
}
