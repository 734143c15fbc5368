/** Compares two texts where they are shown: the editor's own way, by a worker, answers later and has everything drawn twice. */
import {
  type Difference,
  WorkerBasedDocumentDiffProvider,
} from "monaco-editor/editor/browser/widget/diffEditor/diffProviderFactoryService.js";
import { DefaultLinesDiffComputer } from "monaco-editor/editor/common/diff/defaultLinesDiffComputer/defaultLinesDiffComputer.js";
import { StandaloneServices } from "monaco-editor/editor/standalone/browser/standaloneServices.js";
import { IInstantiationService } from "monaco-editor/platform/instantiation/common/instantiation.js";

/** Five thousand lines with five hundred changes take about 0.2 s; what takes longer is left to the worker. */
const AT_MOST_MS = 250;

const here = new DefaultLinesDiffComputer();

/** Puts this way of comparing in the place of the editor's, for all its diffs. */
export function compareLinesHere(): void {
  StandaloneServices.initialize({ diffProviderFactoryService: { createDiffProvider } });
}

function createDiffProvider(
  options: object,
): Pick<WorkerBasedDocumentDiffProvider, "onDidChange" | "computeDiff" | "dispose"> {
  const worker = StandaloneServices.get(IInstantiationService).createInstance(WorkerBasedDocumentDiffProvider, options);
  return {
    onDidChange: worker.onDidChange,
    dispose: () => worker.dispose(),
    async computeDiff(original, modified, wanted, cancelled): Promise<Difference> {
      const { changes, moves, hitTimeout } = here.computeDiff(original.getLinesContent(), modified.getLinesContent(), {
        ...wanted,
        maxComputationTimeMs: Math.min(AT_MOST_MS, wanted.maxComputationTimeMs || AT_MOST_MS),
      });
      if (hitTimeout) return worker.computeDiff(original, modified, wanted, cancelled);
      return { changes, moves, identical: original.getValue() === modified.getValue(), quitEarly: false };
    },
  };
}
