/** Answers as text for people: lists as tables, details as lines, diffs as diffs. */
import { inert, inertJson } from "./inert.ts";

type Row = Record<string, unknown>;

/** Columns of the lists, by route. */
const COLUMNS: Record<string, readonly string[]> = {
  "tools.list": ["name", "health", "strategy", "riskLevel", "activeVersion", "syncState"],
  "executions.list": ["startedAt", "tool", "version", "status", "latencyMs", "id"],
  "opportunities.list": ["id", "tool", "kind", "state", "priority", "reason"],
  detect: ["id", "tool", "kind", "state", "priority", "reason"],
  "proposals.list": ["number", "tool", "state", "verdict", "baseVersion", "revision", "headline"],
  "deployments.list": ["startedAt", "tool", "kind", "fromVersion", "toVersion", "state", "id"],
  "versions.list": ["number", "active", "createdAt", "author", "reason"],
  "sync.list": ["name", "syncState", "activeVersion", "detail"],
  "jobs.list": ["createdAt", "kind", "tool", "state", "stage", "id"],
  "audit.list": ["at", "actor", "verb", "tool", "summary"],
  "tools.cases.run": ["passed", "status", "description", "output", "expectedOutput", "error", "shouldThrow", "id"],
  "secrets.list": ["name", "source", "tools", "setAt"],
  "keys.list": ["name", "kind", "scopes", "createdAt", "revokedAt", "id"],
};

/** Members that are shown as blocks of text below the others. */
const BLOCKS = ["rationale", "source", "diff"];
/** Members of a proposal that would drown the rest; `--json` has them. */
const LEFT_OUT = new Set(["attempts", "revisions", "evidence", "manifest", "sources", "clusters", "statistics"]);

const RED = "\u001b[31m";
const GREEN = "\u001b[32m";
const PLAIN = "\u001b[0m";

/** The text of one answer, ending in a line end. */
export function render(routeName: string, answer: unknown, colour: boolean): string {
  if (typeof answer !== "object" || answer === null) return `${cell(answer)}\n`;
  const row = answer as Row;
  if (Array.isArray(row.items)) {
    const items = row.items as Row[];
    if (items.length === 0) return "nothing\n";
    const columns = COLUMNS[routeName] ?? Object.keys(items[0] ?? {});
    const more = typeof row.nextCursor === "string" ? `more with --cursor ${row.nextCursor}\n` : "";
    return table(columns, items) + more;
  }
  if (routeName === "versions.diff") return row.diff === "" ? "no difference\n" : diffText(String(row.diff), colour);
  if (routeName === "executions.import") return importText(row);
  return details(row, colour);
}

/** Lines refused by an import that are shown; `--json` has all. */
const SHOWN_REFUSED = 5;

function importText(row: Row): string {
  const refused = row.rejected as { line: number; reason: string }[];
  const lines = [`imported ${cell(row.imported)}, there already ${cell(row.duplicates)}, refused ${refused.length}`];
  for (const { line, reason } of refused.slice(0, SHOWN_REFUSED)) lines.push(`  line ${line}: ${cell(reason)}`);
  if (refused.length > SHOWN_REFUSED) lines.push(`  and ${refused.length - SHOWN_REFUSED} more: --json lists all`);
  return `${lines.join("\n")}\n`;
}

function details(row: Row, colour: boolean): string {
  const shown = Object.entries(row).filter(
    ([key, value]) => !BLOCKS.includes(key) && !LEFT_OUT.has(key) && value !== null && value !== undefined,
  );
  const width = Math.max(0, ...shown.map(([key]) => key.length));
  const lines = shown.flatMap(([key, value]) =>
    member(key.padEnd(width), key === "origin" && Array.isArray(row.revisions) ? whoseOf(row.revisions) : value),
  );
  let text = `${lines.join("\n")}\n`;
  // The diff says it all where there is one: the source is what it leads to.
  for (const key of BLOCKS) {
    const value = row[key];
    if (typeof value !== "string" || value === "" || (key === "source" && typeof row.diff === "string")) continue;
    text += `\n${key}:\n${key === "diff" ? diffText(value, colour) : `${inert(value).trimEnd()}\n`}`;
  }
  return text;
}

/** Whose a proposal is: what wrote its first revision, and whoever edited it since. */
function whoseOf(revisions: readonly { readonly origin: { readonly name: string } }[]): string {
  const [first = "–", ...later] = revisions.map(({ origin }) => origin.name);
  const editors = [...new Set(later)];
  return editors.every((name) => name === first) ? first : `${first}, edited by ${editors.join(", ")}`;
}

function member(label: string, value: unknown): string[] {
  if (Array.isArray(value) && value.some((item) => typeof item === "object" && item !== null))
    return [`${label}  `, ...value.map((item) => `  - ${cell(item)}`)];
  return [`${label}  ${cell(value)}`];
}

function table(columns: readonly string[], items: readonly Row[]): string {
  const rows = [columns as string[], ...items.map((item) => columns.map((column) => cell(item[column])))];
  const widths = columns.map((_, index) => Math.min(60, Math.max(...rows.map((row) => row[index]?.length ?? 0))));
  return rows
    .map((row) =>
      row
        .map((text, index) => (index === row.length - 1 ? text : text.padEnd(widths[index] ?? 0)))
        .join("  ")
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join("");
}

/** One value on one line. */
function cell(value: unknown): string {
  if (value === null || value === undefined) return "–";
  if (typeof value === "string") return inert(value).replaceAll("\n", " ⏎ ");
  if (typeof value === "number") return String(Number.isInteger(value) ? value : Number(value.toFixed(3)));
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value.map(cell).join(", ");
  // Actors and origins are known by their names.
  if (typeof value === "object" && "name" in value && "kind" in value && Object.keys(value).length <= 3)
    return cell(value.name);
  return inertJson(value, 0);
}

function diffText(diff: string, colour: boolean): string {
  const lines = inert(diff).trimEnd().split("\n");
  if (!colour) return `${lines.join("\n")}\n`;
  return lines
    .map((line) => (line.startsWith("+") ? GREEN + line + PLAIN : line.startsWith("-") ? RED + line + PLAIN : line))
    .map((line) => `${line}\n`)
    .join("");
}
