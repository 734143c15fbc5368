/** Takes the tool's source out of whatever a model wrote around it. Pure. */

export type Extracted =
  | { readonly found: true; readonly source: string; readonly rationale: string }
  | { readonly found: false; readonly reason: string };

const FENCE = /^[ \t]*(`{3,}|~{3,})[^\n`]*\n([\s\S]*?)^[ \t]*\1`*[ \t]*$/gm;
const OPENING_FENCE = /^[ \t]*(?:`{3,}|~{3,})[^\n`]*\n/m;
const IS_TOOL = /export\s+default\s+defineTool\s*\(/;
const LONGEST_RATIONALE = 600;

/**
 * The source and what the model says about it.
 * @param answer markdown, prose around code, bare code or a JSON object with the code in a member
 */
export function extract(answer: string): Extracted {
  const text = withoutThinking(answer).replaceAll("\r\n", "\n");
  const blocks = [...text.matchAll(FENCE)].map((match) => ({ whole: match[0], code: match[2] ?? "" }));
  const tools = blocks.filter(({ code }) => IS_TOOL.test(code) && fromJson(code) === null);
  // A model that corrects itself puts the better source last.
  const last = tools.at(-1);
  if (last) return accept(last.code, text.replace(last.whole, ""));
  const boxed = fromJson(text) ?? blocks.map(({ code }) => fromJson(code)).find((source) => source !== null);
  if (boxed) return accept(boxed, "");
  if (blocks.length > 0 && !IS_TOOL.test(text))
    return {
      found: false,
      reason: "The answer has code, but no `export default defineTool({…})`: answer with the whole file.",
    };
  return fromBareText(text);
}

function withoutThinking(answer: string): string {
  return answer.replace(/<think(?:ing)?>[\s\S]*?<\/think(?:ing)?>/gi, "");
}

function fromJson(text: string): string | null {
  if (!text.trim().startsWith("{")) return null;
  try {
    const value: unknown = JSON.parse(text);
    if (value === null || typeof value !== "object") return null;
    return (
      Object.values(value).find((member): member is string => typeof member === "string" && IS_TOOL.test(member)) ??
      null
    );
  } catch {
    return null;
  }
}

/** Code with no closed fence: from the first import to the end of the definition. */
function fromBareText(text: string): Extracted {
  if (!IS_TOOL.test(text))
    return { found: false, reason: "The answer has no tool in it: answer with the whole file in one ```ts block." };
  const opened = OPENING_FENCE.exec(text);
  const begin = opened ? opened.index + opened[0].length : Math.max(0, text.search(/^import\s/m));
  const code = text.slice(begin);
  const end = code.lastIndexOf("\n});");
  if (end === -1)
    return { found: false, reason: "The answer ends in the middle of the code: answer shorter, with the whole file." };
  return accept(code.slice(0, end + 4), text.slice(0, begin).replace(OPENING_FENCE, "") + code.slice(end + 4));
}

function accept(code: string, around: string): Extracted {
  return { found: true, source: `${code.trim()}\n`, rationale: rationaleIn(around) };
}

/** The prose, without fences, headings and marks, cut at the end of a sentence. */
function rationaleIn(around: string): string {
  const prose = around
    .replace(FENCE, " ")
    .replace(/^#+\s.*$/gm, " ")
    .replace(/[*_`]{1,3}/g, "")
    .replace(/\s+/g, " ")
    .replace(/^\s*(rationale|explanation)\s*:\s*/i, "")
    .trim();
  if (prose.length <= LONGEST_RATIONALE) return prose;
  const cut = prose.slice(0, LONGEST_RATIONALE);
  const sentence = cut.lastIndexOf(". ");
  return sentence > 100 ? cut.slice(0, sentence + 1) : `${cut.trimEnd()}…`;
}
