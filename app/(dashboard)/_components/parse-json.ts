type Parsed = { ok: true; value: unknown } | { ok: false };

/** Reads what a person typed as JSON; a number that is too large for one (`1e999`) is none. */
export function parseJson(text: string): Parsed {
  let fits = true;
  try {
    const value: unknown = JSON.parse(text, (_, one: unknown) => {
      if (typeof one === "number" && !Number.isFinite(one)) fits = false;
      return one;
    });
    return fits ? { ok: true, value } : { ok: false };
  } catch {
    return { ok: false };
  }
}
