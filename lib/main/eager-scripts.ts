/** Has a browser compile what a page runs at once while it loads, not again on the page's own thread. */
import { glob, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import ts from "typescript";

/**
 * Puts parentheses round the modules of a script as the bundler writes them, `….push([script, id, module, id, module…])`.
 * V8 takes a function in parentheses for one that is called at once, and compiles it in the background as it streams in;
 * any other is skimmed, and read a second time when it is called (v8.dev/blog/preparser).
 * @returns the script; the same text where it is not of that form
 */
export function compileEagerly(script: string): string {
  const file = ts.createSourceFile("script.js", script, ts.ScriptTarget.Latest, false, ts.ScriptKind.JS);
  let eager = "";
  let end = 0;
  for (const module of file.statements.flatMap(modulesIn)) {
    const start = module.getStart(file);
    eager += `${script.slice(end, start)}(${script.slice(start, module.end)})`;
    end = module.end;
  }
  return eager + script.slice(end);
}

function modulesIn(statement: ts.Statement): ts.Expression[] {
  if (!ts.isExpressionStatement(statement) || !ts.isCallExpression(statement.expression)) return [];
  const [pushed] = statement.expression.arguments;
  if (pushed === undefined || !ts.isArrayLiteralExpression(pushed)) return [];
  return pushed.elements.filter((element) => ts.isArrowFunction(element) || ts.isFunctionExpression(element));
}

/** Does so with every script of a built page. */
export async function compileScriptsEagerly(folder: string): Promise<void> {
  for await (const path of glob("**/*.js", { cwd: folder })) {
    const script = await readFile(join(folder, path), "utf8");
    const eager = compileEagerly(script);
    if (eager !== script) await writeFile(join(folder, path), eager);
  }
}
