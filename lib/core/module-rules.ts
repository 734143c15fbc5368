/** The rules that a tool's module keeps, and its rewriting into a factory that the sandbox evaluates anew for each call. */
import { stripTypeScriptTypes } from "node:module";
import ts from "typescript";

export type RuleFault = { readonly line: number; readonly message: string };

export type CompiledModule =
  | { readonly ok: true; readonly factory: string }
  | { readonly ok: false; readonly faults: RuleFault[] };

/** The largest source that is looked at, in characters. */
export const LARGEST_SOURCE = 200_000;

const WHETSTONE = "whetstone";
const EXPORTED = ["defineTool", "ToolError"];

/** A change of the text that keeps its length, and with it every line and column. */
type Patch = { readonly start: number; readonly end: number; readonly text: string };

/**
 * Checks the module rules.
 * @param name the tool's name, for the messages
 * @returns what breaks a rule, a sentence each, in the order of the lines; nothing when all hold
 */
export function checkModuleRules(name: string, source: string): RuleFault[] {
  const result = compileModule(name, source);
  return result.ok ? [] : result.faults;
}

/**
 * Checks the module rules and rewrites the module: the text of a function body that takes `__w` (what "whetstone"
 * exports) and puts the definition on `__e.d`. Lines and columns stay, so stack traces are right without source maps.
 */
export function compileModule(name: string, source: string): CompiledModule {
  try {
    return compile(name, source);
  } catch (error) {
    // Sources are read by recursion, which ends where the stack does.
    if (!(error instanceof RangeError)) throw error;
    return {
      ok: false,
      faults: [{ line: 1, message: "the file nests deeper than it can be read: write it flatter." }],
    };
  }
}

function compile(name: string, source: string): CompiledModule {
  const faults: RuleFault[] = [];
  if (source.length > LARGEST_SOURCE)
    return {
      ok: false,
      faults: [{ line: 1, message: `the file has ${source.length} characters; a tool may have ${LARGEST_SOURCE}.` }],
    };
  const file = ts.createSourceFile(`${name}.ts`, source, ts.ScriptTarget.ES2024, true, ts.ScriptKind.TS);
  const lineOf = (position: number): number => file.getLineAndCharacterOfPosition(position).line + 1;
  const fault = (node: ts.Node, message: string): void => {
    faults.push({ line: lineOf(node.getStart(file)), message });
  };

  const { parseDiagnostics = [] } = file as ts.SourceFile & { parseDiagnostics?: readonly ts.Diagnostic[] };
  for (const diagnostic of parseDiagnostics.slice(0, 5))
    faults.push({
      line: lineOf(diagnostic.start ?? 0),
      message: `${ts.flattenDiagnosticMessageText(diagnostic.messageText, " ")}`,
    });
  if (faults.length > 0) return { ok: false, faults };

  const patches: Patch[] = [];
  const defaults: ts.ExportAssignment[] = [];
  for (const statement of file.statements) {
    if (ts.isImportDeclaration(statement)) checkImport(statement, fault, patches, file);
    else if (ts.isExportAssignment(statement)) {
      if (statement.isExportEquals)
        fault(statement, "`export =` is not a module's export: use `export default defineTool({…})`.");
      else defaults.push(statement);
    } else if (ts.isImportEqualsDeclaration(statement))
      fault(statement, '`import … = require` is not allowed: import from "whetstone" only.');
    else if (ts.isExportDeclaration(statement)) {
      if (!statement.isTypeOnly) fault(statement, "only `export default defineTool({…})` may be exported.");
    } else if (hasExport(statement) && !isTypeOnly(statement))
      fault(statement, "only `export default defineTool({…})` may be exported.");
  }
  const [exported, second] = defaults;
  if (exported === undefined) faults.push({ line: 1, message: "there is no `export default defineTool({…})`." });
  else if (second !== undefined) fault(second, "there is a second default export; a tool has one.");
  else if (!isDefinition(exported.expression))
    fault(exported, "the default export must be `defineTool({…})` with the definition written in it.");
  else {
    const start = exported.getStart(file);
    patches.push({ start, end: exported.expression.getStart(file), text: "__e.d =" });
  }
  checkBody(file, fault);
  if (faults.length > 0) return { ok: false, faults: faults.sort((a, b) => a.line - b.line) };

  const rewritten = apply(source, patches);
  try {
    return { ok: true, factory: stripTypeScriptTypes(rewritten, { mode: "strip" }) };
  } catch (error) {
    const message = error instanceof Error ? (error.message.split("\n")[0] ?? error.message) : String(error);
    return { ok: false, faults: [{ line: 1, message: `its types cannot be erased: ${message}` }] };
  }
}

function isDefinition(expression: ts.Expression): boolean {
  return (
    ts.isCallExpression(expression) &&
    ts.isIdentifier(expression.expression) &&
    expression.expression.text === "defineTool" &&
    expression.arguments.length === 1 &&
    ts.isObjectLiteralExpression(expression.arguments[0] as ts.Expression)
  );
}

function hasExport(statement: ts.Statement): boolean {
  return (
    ts.canHaveModifiers(statement) &&
    (ts.getModifiers(statement) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
  );
}

function isTypeOnly(statement: ts.Statement): boolean {
  return ts.isTypeAliasDeclaration(statement) || ts.isInterfaceDeclaration(statement);
}

type Fault = (node: ts.Node, message: string) => void;

function checkImport(statement: ts.ImportDeclaration, fault: Fault, patches: Patch[], file: ts.SourceFile): void {
  const from = (statement.moduleSpecifier as ts.StringLiteral).text;
  const clause = statement.importClause;
  if (from !== WHETSTONE) {
    if (clause?.isTypeOnly !== true) {
      fault(statement, `"${from}" cannot be imported: a tool imports values from "whetstone" only.`);
    }
    return;
  }
  if (clause?.isTypeOnly === true) return;
  const bindings = clause?.namedBindings;
  if (clause === undefined || clause.name !== undefined || bindings === undefined || !ts.isNamedImports(bindings)) {
    fault(statement, 'import by name: import { defineTool, ToolError } from "whetstone".');
    return;
  }
  const names: string[] = [];
  for (const element of bindings.elements) {
    if (element.isTypeOnly) continue;
    const imported = (element.propertyName ?? element.name).text;
    if (!EXPORTED.includes(imported)) {
      if (/^[A-Z]/.test(imported)) fault(element, `"${imported}" is a type: write import type { ${imported} }.`);
      else fault(element, `"whetstone" has no ${imported}: it has ${EXPORTED.join(" and ")}.`);
      continue;
    }
    names.push(imported === element.name.text ? imported : `${imported}: ${element.name.text}`);
  }
  patches.push({
    start: statement.getStart(file),
    end: statement.getEnd(),
    text: names.length === 0 ? ";" : `const{${names.join(",")}}=__w;`,
  });
}

/** Rules about what stands anywhere in the module. */
function checkBody(file: ts.SourceFile, fault: Fault): void {
  const visit = (node: ts.Node, insideFunction: boolean): void => {
    const message =
      (insideFunction ? null : faultOutsideFunctions(node)) ?? faultAnywhere(node, file) ?? unerasable(node);
    if (message !== null) fault(node, message);
    const inner =
      insideFunction ||
      ts.isFunctionLike(node) ||
      ts.isPropertyDeclaration(node) ||
      ts.isClassStaticBlockDeclaration(node);
    ts.forEachChild(node, (child) => visit(child, inner));
  };
  ts.forEachChild(file, (child) => visit(child, false));
}

const NO_AWAIT = "there is no await outside of `run`: a module is evaluated at once.";

function faultOutsideFunctions(node: ts.Node): string | null {
  if (ts.isAwaitExpression(node)) return NO_AWAIT;
  if (ts.isForOfStatement(node) && node.awaitModifier !== undefined) return NO_AWAIT;
  if (ts.isVariableDeclarationList(node) && (node.flags & ts.NodeFlags.AwaitUsing) === ts.NodeFlags.AwaitUsing) {
    return NO_AWAIT;
  }
  return ts.isReturnStatement(node) ? "a return belongs into a function." : null;
}

function faultAnywhere(node: ts.Node, file: ts.SourceFile): string | null {
  if (ts.isCallExpression(node)) {
    if (node.expression.kind === ts.SyntaxKind.ImportKeyword) return "import() is not there in the sandbox.";
    if (ts.isIdentifier(node.expression) && node.expression.text === "require") {
      return 'require() is not there in the sandbox: a tool imports from "whetstone" only.';
    }
  }
  if (ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword) {
    return "import.meta is not there in the sandbox.";
  }
  // Modules read this as operators, scripts as the start of a comment: the sandbox must see what a reviewer saw.
  if (ts.isPrefixUnaryExpression(node) && file.text.startsWith("<!--", node.getStart(file) - 1)) {
    return "`<!--` starts a comment where scripts are read: put a space after `<`.";
  }
  return null;
}

/** Syntax that leaves code behind when its types are erased. */
function unerasable(node: ts.Node): string | null {
  if (isAmbient(node)) return null;
  if (ts.isEnumDeclaration(node)) {
    return "an enum leaves code behind when its types are erased: use a union of literals.";
  }
  if (ts.isModuleDeclaration(node)) {
    return "a namespace leaves code behind when its types are erased: use plain functions.";
  }
  if (ts.isParameter(node) && ts.isParameterPropertyDeclaration(node, node.parent)) {
    return "a parameter property leaves code behind when its types are erased: assign it in the constructor.";
  }
  if (ts.isTypeAssertionExpression(node)) return "<T>value cannot be erased in place: write value as T.";
  if (ts.isDecorator(node)) return "decorators are not there in the sandbox: call the function yourself.";
  return null;
}

function isAmbient(node: ts.Node): boolean {
  return (
    ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.DeclareKeyword)
  );
}

/** Puts each text in the place of the old one, filled up with blanks and the old line ends to the same length. */
function apply(source: string, patches: readonly Patch[]): string {
  let result = source;
  for (const { start, end, text } of [...patches].sort((a, b) => b.start - a.start)) {
    const old = source.slice(start, end);
    const blank = old.replace(/[^\r\n]/g, " ");
    const fits = text.length <= old.length && !/[\r\n]/.test(old.slice(0, text.length));
    // A text that does not fit before the first line end stands at the end of the last line, where nothing follows it.
    const filled = fits ? text + blank.slice(text.length) : blank + text;
    result = result.slice(0, start) + filled + result.slice(end);
  }
  return result;
}
