/** Type-checks a tool's source against the contract with a language service that stays warm between candidates. */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

/** Answers the errors of a source, a sentence each with its line. */
export type TypeCheck = (source: string) => TypeFault[];
export type TypeFault = { readonly line: number; readonly message: string };

const CONTRACT = fileURLToPath(new URL("../../contract/define-tool.ts", import.meta.url));
/** Stands beside the contract in name only; nothing is written. */
const CANDIDATE = join(dirname(CONTRACT), "candidate-tool.ts");

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2024,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  moduleDetection: ts.ModuleDetectionKind.Force,
  lib: ["lib.es2024.d.ts"],
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
  const host: ts.LanguageServiceHost = {
    getCompilationSettings: () => OPTIONS,
    getScriptFileNames: () => [CANDIDATE],
    getScriptVersion: (path) => (isCandidate(path) ? String(version) : "1"),
    getScriptSnapshot(path) {
      if (isCandidate(path)) return ts.ScriptSnapshot.fromString(source);
      if (!snapshots.has(path)) {
        const text = ts.sys.readFile(path);
        snapshots.set(path, text === undefined ? undefined : ts.ScriptSnapshot.fromString(text));
      }
      return snapshots.get(path);
    },
    getCurrentDirectory: () => dirname(CONTRACT),
    getDefaultLibFileName: (options) => ts.getDefaultLibFilePath(options),
    fileExists: (path) => isCandidate(path) || ts.sys.fileExists(path),
    readFile: (path) => (isCandidate(path) ? source : ts.sys.readFile(path)),
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
  };
  const service = ts.createLanguageService(host, ts.createDocumentRegistry());
  return (next) => {
    if (next !== source) {
      source = next;
      version += 1;
    }
    const found = [...service.getSyntacticDiagnostics(CANDIDATE), ...service.getSemanticDiagnostics(CANDIDATE)];
    return found.map((diagnostic) => ({
      line:
        diagnostic.file === undefined
          ? 1
          : diagnostic.file.getLineAndCharacterOfPosition(diagnostic.start ?? 0).line + 1,
      message: firstLines(ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n")),
    }));
  };
}

/** What the compiler advises would not help here: nothing is installed for tools. */
const ADVICE = / ?(Do you need to|Try `npm i|Consider (adding|using)|You may need to).*$/;

/** The complaint and its nearest reason: deeper levels repeat it for each step into a type. */
function firstLines(message: string): string {
  const [complaint = "", reason] = message.split("\n").map((line) => line.trim().replace(ADVICE, ""));
  return reason === undefined ? complaint : `${complaint} ${reason}`;
}
