/** The editor with what a reviewer needs and nothing else: no language services, no links, no requests to anybody. */
import { editor } from "monaco-editor/editor/editor.api.js";
import "monaco-editor/features/bracketMatching/register.js";
import "monaco-editor/features/clipboard/register.js";
import "monaco-editor/features/codicon/register.js";
import "monaco-editor/features/contextmenu/register.js";
import "monaco-editor/features/diffEditor/register.js";
import "monaco-editor/features/find/register.js";
import "monaco-editor/features/longLinesHelper/register.js";
import "monaco-editor/features/readOnlyMessage/register.js";
import "monaco-editor/features/toggleTabFocusMode/register.js";
import "monaco-editor/features/unicodeHighlighter/register.js";
import "monaco-editor/features/wordHighlighter/register.js";
import "monaco-editor/languages/definitions/typescript/register.js";
import { compareLinesHere } from "./compare-lines.ts";

globalThis.MonacoEnvironment = {
  getWorker: () => new Worker(new URL("monaco-editor/editor/editor.worker.js", import.meta.url), { type: "module" }),
};

// Before anything else of the editor is asked for: later it would go unheard.
compareLinesHere();

const canvas = document.createElement("canvas");
canvas.width = 1;
canvas.height = 1;
const pen = canvas.getContext("2d", { willReadFrequently: true });

/** The colour of one of our tokens as #rrggbbaa, which is all that the editor understands. */
function hex(token: string, alpha = 1): string {
  if (pen === null) return "#808080";
  pen.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(token).trim();
  pen.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = pen.getImageData(0, 0, 1, 1).data;
  return `#${[red, green, blue, Math.round(alpha * 255)].map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}

let applied = "";

/** Makes the editor look like the page, in the theme that is on: before an editor is made, or everything is styled twice. */
export function applyTheme(): void {
  const dark = document.documentElement.classList.contains("dark");
  const name = dark ? "whetstone-dark" : "whetstone-light";
  if (name === applied) return;
  applied = name;
  editor.defineTheme(name, {
    base: dark ? "vs-dark" : "vs",
    inherit: true,
    rules: [
      { token: "comment", foreground: hex("--comment").slice(1, 7), fontStyle: "italic" },
      { token: "keyword", foreground: hex("--link").slice(1, 7) },
      { token: "string", foreground: hex("--success").slice(1, 7) },
      { token: "number", foreground: hex("--warning").slice(1, 7) },
      { token: "regexp", foreground: hex("--danger").slice(1, 7) },
      { token: "type", foreground: hex("--info").slice(1, 7) },
      { token: "delimiter", foreground: hex("--foreground").slice(1, 7) },
      { token: "identifier", foreground: hex("--foreground").slice(1, 7) },
    ],
    colors: {
      "editor.background": hex("--card"),
      "editor.foreground": hex("--foreground"),
      "editorLineNumber.foreground": hex("--muted-foreground"),
      "editorLineNumber.dimmedForeground": hex("--muted-foreground"),
      "editorLineNumber.activeForeground": hex("--foreground"),
      "editor.lineHighlightBackground": hex("--muted", 0.5),
      "editor.lineHighlightBorder": "#00000000",
      "editorGutter.background": hex("--card"),
      "diffEditor.insertedLineBackground": hex("--success", dark ? 0.12 : 0.09),
      "diffEditor.insertedTextBackground": hex("--success", dark ? 0.17 : 0.14),
      "diffEditor.removedLineBackground": hex("--danger", dark ? 0.13 : 0.08),
      "diffEditor.removedTextBackground": hex("--danger", dark ? 0.2 : 0.14),
      "diffEditorGutter.insertedLineBackground": hex("--success", dark ? 0.16 : 0.12),
      "diffEditorGutter.removedLineBackground": hex("--danger", dark ? 0.16 : 0.1),
      "diffEditor.unchangedRegionBackground": hex("--muted"),
      "diffEditor.unchangedRegionForeground": hex("--muted-foreground"),
      "diffEditor.unchangedRegionShadow": "#00000000",
      "diffEditor.diagonalFill": hex("--border"),
      "diffEditor.border": hex("--border"),
      "editorOverviewRuler.border": "#00000000",
      "scrollbarSlider.background": hex("--muted-foreground", 0.25),
      "scrollbarSlider.hoverBackground": hex("--muted-foreground", 0.4),
      "scrollbar.shadow": "#00000000",
      "editorWidget.background": hex("--popover"),
      "editorWidget.border": hex("--border"),
      focusBorder: hex("--ring"),
    },
  });
  editor.setTheme(name);
}

export { editor };
