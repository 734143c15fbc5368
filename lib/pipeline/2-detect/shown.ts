import type { RecordedCall } from "#lib/core/asked-again.ts";
import { clusterKey } from "#lib/core/clusters.ts";
import type { Execution } from "#lib/core/execution.ts";
import { maskExecution, maskToolCase, type Schemas } from "#lib/core/sensitive.ts";
import type { ToolRecord } from "./record.ts";

type Wrong = ToolRecord["wrong"][number];

/** What reasons and findings say of inputs, answers and errors is seen by others than the caller: pages, journal, models. */
export function shownBy(schemas: Schemas) {
  return {
    call: <T extends RecordedCall | Execution>(call: T): T => maskExecution(schemas, call),
    /** Of the cluster that it was recorded with: a masked message would make another. */
    failure: (failure: Execution): Execution => maskExecution(schemas, { ...failure, cluster: clusterKey(failure) }),
    wrong({ execution, feedback }: Wrong): Wrong {
      const { note: description = "", expectedOutput } = feedback;
      const said = { description, ...(expectedOutput === undefined ? {} : { expectedOutput }) };
      const {
        description: note,
        expectedOutput: expected,
        ...shown
      } = maskToolCase(schemas, { ...execution, ...said });
      return {
        execution: shown,
        feedback: {
          ...feedback,
          ...(feedback.note === undefined ? {} : { note }),
          ...(expected === undefined ? {} : { expectedOutput: expected }),
        },
      };
    },
  };
}
