/** Messages of the same problem read alike. */

const MESSAGE_SCANNED = 2_000;
const MESSAGE_KEPT = 240;

/**
 * What varies between two reports of the same problem, most specific first. The texts are a guest's, so every pattern
 * is linear: no nested or overlapping repetition.
 */
const VARYING: readonly (readonly [RegExp, string])[] = [
  [/\b[a-z][a-z0-9+.-]{1,15}:\/\/[^\s"'`<>)\]]+/gi, "<url>"],
  [/[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64})+/g, "<email>"],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, "<id>"],
  [/\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?/g, "<time>"],
  [/"[^"\n]*"/g, "<text>"],
  [/`[^`\n]*`/g, "<text>"],
  // An apostrophe inside a word is not a quotation mark.
  [/(?<![\w])'[^'\n]*'(?![\w])/g, "<text>"],
  [/\b0x[0-9a-f]+\b/gi, "<hex>"],
  [/\b(?=[0-9a-f]*\d)[0-9a-f]{8,}\b/gi, "<hex>"],
  [/\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b/g, "<address>"],
  [/\b(?=[A-Za-z_-]*\d)[A-Za-z][A-Za-z0-9]*[-_][A-Za-z0-9_-]*\d[A-Za-z0-9_-]*\b/g, "<id>"],
  [/\b(?=[A-Za-z]+\d|\d+[A-Za-z])(?=\w*\d\w*[A-Za-z]\w*\d|\w{10})\w{6,}\b/g, "<id>"],
  [/(?<![\w.])[+-]?\d[\d_]*(?:\.\d+)?(?:e[+-]?\d+)?/gi, "<n>"],
];

/** The engine quotes names of the source here, which tell one bug from another, so they stay. */
const SOURCE_NAME = /\((reading|setting) '([A-Za-z_$][\w$]{0,63})'\)/g;

/** A message without what varies from call to call: numbers, quoted texts, ids, times, addresses. */
export function normaliseMessage(message: string): string {
  let text = message.slice(0, MESSAGE_SCANNED).replace(SOURCE_NAME, "($1 $2)");
  for (const [pattern, word] of VARYING) text = text.replace(pattern, word);
  text = text.replace(/\s+/g, " ").trim();
  return text.length > MESSAGE_KEPT ? `${text.slice(0, MESSAGE_KEPT).toWellFormed()}…` : text;
}
