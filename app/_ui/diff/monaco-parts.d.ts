/** The parts of the editor that it ships without types, as far as they are used here. */

declare module "monaco-editor/editor/common/diff/defaultLinesDiffComputer/defaultLinesDiffComputer.js" {
  export type CompareOptions = {
    readonly ignoreTrimWhitespace: boolean;
    /** Milliseconds; 0 for as long as it takes. */
    readonly maxComputationTimeMs: number;
    readonly computeMoves: boolean;
  };
  export class DefaultLinesDiffComputer {
    computeDiff(
      original: readonly string[],
      modified: readonly string[],
      options: CompareOptions,
    ): { readonly changes: readonly object[]; readonly moves: readonly object[]; readonly hitTimeout: boolean };
  }
}

declare module "monaco-editor/editor/browser/widget/diffEditor/diffProviderFactoryService.js" {
  import type { CompareOptions } from "monaco-editor/editor/common/diff/defaultLinesDiffComputer/defaultLinesDiffComputer.js";
  import type { CancellationToken, editor, IEvent } from "monaco-editor/editor/editor.api.js";

  export type Difference = {
    readonly changes: readonly object[];
    readonly moves: readonly object[];
    readonly identical: boolean;
    readonly quitEarly: boolean;
  };
  export class WorkerBasedDocumentDiffProvider {
    readonly onDidChange: IEvent<void>;
    computeDiff(
      original: editor.ITextModel,
      modified: editor.ITextModel,
      options: CompareOptions,
      cancelled: CancellationToken,
    ): Promise<Difference>;
    dispose(): void;
  }
}

declare module "monaco-editor/editor/standalone/browser/standaloneServices.js" {
  export const StandaloneServices: {
    /** Heard once only, and not after any service was asked for. */
    initialize(services: Readonly<Record<string, object>>): void;
    get<Service>(id: { readonly type: Service }): Service;
  };
}

declare module "monaco-editor/platform/instantiation/common/instantiation.js" {
  type Instantiation = {
    createInstance<Made>(made: new (...args: never[]) => Made, ...args: readonly unknown[]): Made;
  };
  export const IInstantiationService: { readonly type: Instantiation };
}
