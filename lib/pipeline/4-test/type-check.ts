/** Type-checks a tool's source against the contract with a language service that stays warm between candidates. */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { definitionOf, memberOf, parseTool, runOf } from "#lib/core/tool-syntax.ts";

/** Answers the errors of a source, a sentence each with its line. */
export type TypeCheck = (source: string) => TypeFault[];
export type TypeFault = { readonly line: number; readonly message: string };

const CONTRACT = fileURLToPath(new URL("../../contract/define-tool.ts", import.meta.url));
/** Stands beside the contract in name only; nothing is written. */
const CANDIDATE = join(dirname(CONTRACT), "candidate-tool.ts");
const LIBRARY = join(dirname(CONTRACT), "candidate-library.d.ts");

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2024,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  moduleDetection: ts.ModuleDetectionKind.Force,
  noLib: true,
  types: [],
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  isolatedModules: true,
  erasableSyntaxOnly: true,
  allowImportingTsExtensions: true,
  paths: { whetstone: [CONTRACT] },
};

/** Builds the check. The first call reads the libraries (about a second); later ones take some milliseconds. */
export function createTypeCheck(): TypeCheck {
  let source = "";
  let version = 0;
  /** Libraries and contract do not change while the process lives. */
  const snapshots = new Map<string, ts.IScriptSnapshot | undefined>();
  const isCandidate = (path: string) => path === CANDIDATE;
  const library = ts.ScriptSnapshot.fromString(libraryText("lib.es2024.d.ts", new Set()));
  const host: ts.LanguageServiceHost = {
    getCompilationSettings: () => OPTIONS,
    getScriptFileNames: () => [LIBRARY, CANDIDATE],
    getScriptVersion: (path) => (isCandidate(path) ? String(version) : "1"),
    getScriptSnapshot(path) {
      if (isCandidate(path)) return editedSnapshot(source);
      if (path === LIBRARY) return library;
      if (!snapshots.has(path)) {
        const text = ts.sys.readFile(path);
        snapshots.set(path, text === undefined ? undefined : ts.ScriptSnapshot.fromString(text));
      }
      return snapshots.get(path);
    },
    getCurrentDirectory: () => dirname(CONTRACT),
    getDefaultLibFileName: (options) => ts.getDefaultLibFilePath(options),
    fileExists: (path) => isCandidate(path) || path === LIBRARY || ts.sys.fileExists(path),
    readFile: (path) => (isCandidate(path) ? source : ts.sys.readFile(path)),
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
  };
  const service = ts.createLanguageService(host, ts.createDocumentRegistry());
  return (whole) => {
    const { text: next, faults } = setCasesAside(whole);
    if (next !== source) {
      source = next;
      version += 1;
    }
    const found = [...service.getSyntacticDiagnostics(CANDIDATE), ...service.getSemanticDiagnostics(CANDIDATE)];
    const told = found.flatMap((diagnostic) => {
      const program = service.getProgram();
      const returned = program === undefined ? [] : unfitReturns(program, diagnostic);
      return returned.length > 0 ? returned : [faultOf(diagnostic)];
    });
    return [...faults, ...told];
  };
}

/** A text that says what of it is new since another: the compiler reads only that part again. */
function editedSnapshot(text: string): ts.IScriptSnapshot {
  return {
    getText: (start, end) => text.substring(start, end),
    getLength: () => text.length,
    getChangeRange(old) {
      const before = old.getText(0, old.getLength());
      const shorter = Math.min(before.length, text.length);
      let start = 0;
      while (start < shorter && before[start] === text[start]) start += 1;
      let end = 0;
      while (end < shorter - start && before.at(-1 - end) === text.at(-1 - end)) end += 1;
      return {
        span: { start, length: before.length - start - end },
        newLength: text.length - start - end,
      };
    },
  };
}

/** A library with all that it refers to as one file: what dozens of files declare together is merged once, not each time. */
function libraryText(name: string, seen: Set<string>): string {
  if (seen.has(name)) return "";
  seen.add(name);
  const text = ts.sys.readFile(join(dirname(ts.getDefaultLibFilePath({})), name)) ?? "";
  return text.replace(/^\/\/\/ <reference (?:lib="([^"]+)"|[^>]*).*$/gm, (_, lib?: string) =>
    lib === undefined ? "" : libraryText(`lib.${lib}.d.ts`, seen),
  );
}

const CASE_MEMBERS: readonly string[] = ["description", "input", "expectedOutput", "shouldThrow", "effects"];

/**
 * The source without the content of its list of test cases: they are JSON, which the sandbox reads and checks, and the
 * compiler would take half of its time for them. What the sandbox passes over, a member that does not exist, is told here.
 */
function setCasesAside(source: string): { text: string; faults: TypeFault[] } {
  const file = parseTool(source);
  const cases = memberOf(file, "testCases");
  const aside = cases !== null && ts.isArrayLiteralExpression(cases) && !/^\s*\/\/ @ts-nocheck/.test(source);
  if (!aside) return { text: source, faults: [] };
  const faults = cases.elements.flatMap((element) =>
    (ts.isObjectLiteralExpression(element) ? element.properties : []).flatMap(({ name }): TypeFault[] => {
      if (name === undefined || !(ts.isIdentifier(name) || ts.isStringLiteralLike(name))) return [];
      if (CASE_MEMBERS.includes(name.text)) return [];
      const line = file.getLineAndCharacterOfPosition(name.getStart(file)).line + 1;
      return [{ line, message: `A test case has no "${name.text}": it has ${CASE_MEMBERS.join(", ")}.` }];
    }),
  );
  const [from, to] = [cases.getStart(file) + 1, cases.end - 1];
  return { text: source.slice(0, from) + source.slice(from, to).replace(/[^\r\n]/g, " ") + source.slice(to), faults };
}

function faultOf(diagnostic: ts.Diagnostic): TypeFault {
  return {
    line:
      diagnostic.file === undefined ? 1 : diagnostic.file.getLineAndCharacterOfPosition(diagnostic.start ?? 0).line + 1,
    message: firstLines(ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n")),
  };
}

/**
 * What the compiler says of `run` as a whole where an answer does not fit the output schema is a page of types: here it is
 * each return that does not fit. Empty for any other complaint.
 */
function unfitReturns(program: ts.Program, { file, start }: ts.Diagnostic): TypeFault[] {
  const definition = file === undefined ? null : definitionOf(file);
  const run = file === undefined ? null : runOf(file);
  if (file === undefined || definition === null || run?.body === undefined || run.name?.getStart(file) !== start)
    return [];
  const checker = program.getTypeChecker();
  const expected = checker.getContextualType(definition)?.getProperty("run");
  const [signature] = expected === undefined ? [] : checker.getTypeOfSymbol(expected).getCallSignatures();
  const own = checker.getSignatureFromDeclaration(run);
  if (signature === undefined || own === undefined) return [];
  const wanted = checker.getReturnTypeOfSignature(signature);
  const lineOf = (node: ts.Node) => file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
  const faults = returnsOf(run.body).flatMap((node): TypeFault[] => {
    const type = checker.getTypeAtLocation(node.expression ?? node);
    if (node.expression !== undefined && checker.isTypeAssignableTo(type, wanted)) return [];
    const what = node.expression === undefined ? "nothing" : checker.typeToString(type);
    return [{ line: lineOf(node), message: `It returns ${what}, which does not fit the outputSchema.` }];
  });
  if (faults.length > 0) return faults;
  const mayEnd = checker.typeToString(checker.getReturnTypeOfSignature(own)).match(/\b(undefined|void)\b/);
  return mayEnd === null
    ? []
    : [{ line: lineOf(run), message: "It may end without returning anything, which does not fit the outputSchema." }];
}

/** The returns of a function, without those of functions inside it. */
function returnsOf(body: ts.Node): ts.ReturnStatement[] {
  const found: ts.ReturnStatement[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isReturnStatement(node)) found.push(node);
    else if (!ts.isFunctionLike(node)) node.forEachChild(visit);
  };
  visit(body);
  return found;
}

/** What the compiler advises would not help here: nothing is installed for tools. */
const ADVICE = / ?(Do you need to|Try `npm i|Consider (adding|using)|You may need to).*$/;

/** The complaint and its nearest reason: deeper levels repeat it for each step into a type. */
function firstLines(message: string): string {
  const [complaint = "", reason] = message.split("\n").map((line) => line.trim().replace(ADVICE, ""));
  return reason === undefined ? complaint : `${complaint} ${reason}`;
}
