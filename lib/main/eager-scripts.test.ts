import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { compileEagerly } from "./eager-scripts.ts";

const SCRIPT =
  '(globalThis.TURBOPACK||(globalThis.TURBOPACK=[])).push(["object"==typeof document?document.currentScript:void 0,7,(e,t)=>{e(t,[(()=>1)()])},11,12,function(e){return e},["kept"]]);';

it("a module of a script stands in parentheses, and nothing else is touched", () => {
  expect(compileEagerly(SCRIPT)).toBe(
    SCRIPT.replace("(e,t)=>{e(t,[(()=>1)()])}", "((e,t)=>{e(t,[(()=>1)()])})").replace(
      "function(e){return e}",
      "(function(e){return e})",
    ),
  );
});

it("the script does what it did", () => {
  const read = (script: string): unknown[] => {
    const world = { TURBOPACK: [] as unknown[][] };
    runInNewContext(`${script};globalThis.TURBOPACK`, Object.assign(world, { globalThis: world }));
    return (world.TURBOPACK[0] ?? []).map((one) => (typeof one === "function" ? "module" : one));
  };
  expect(read(compileEagerly(SCRIPT))).toEqual(read(SCRIPT));
});

it("other scripts stay as they are", () => {
  for (const other of ["", "self.onmessage = () => 1;", "call(() => 1, [1])", "not a ( script"])
    expect(compileEagerly(other)).toBe(other);
});
