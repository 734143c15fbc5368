import { Card, CardContent, CardHeader, CardTitle } from "#app/_ui/card.tsx";
import type { CaseRuns } from "#lib/queries/case-runs.ts";
import type { ToolDetail } from "#lib/queries/tools.ts";
import { ToolCases } from "./tool-cases.tsx";
import { ToolObserved } from "./tool-observed.tsx";

function Fact({ name, children }: { name: string; children: string }) {
  return (
    <div className="grid grid-cols-[10rem_minmax(0,1fr)] gap-3 py-1.5 text-13">
      <dt className="text-muted-foreground">{name}</dt>
      <dd className="break-words">{children}</dd>
    </div>
  );
}

const yes = (value: boolean): string => (value ? "yes" : "no");
const listed = (values: readonly string[]): string => (values.length === 0 ? "none" : values.join(", "));

/** How it will be tested, what it declares, and its cases. */
export function ToolContract({ tool, runs, mayRun }: { tool: ToolDetail; runs: CaseRuns; mayRun: boolean }) {
  const { recommendation, characteristics, permissions, testCases } = tool;
  return (
    <div className="grid items-start gap-4 xl:grid-cols-2">
      <Card>
        <CardHeader>
          <CardTitle>How a change of it is tested</CardTitle>
        </CardHeader>
        <CardContent className="text-13">
          <ol className="list-decimal space-y-1 pl-5">
            {recommendation.steps.map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ol>
          {recommendation.warnings.length > 0 && (
            <ul className="mt-3 list-disc space-y-1 pl-5 text-warning">
              {recommendation.warnings.map((warning) => (
                <li key={warning}>{warning}</li>
              ))}
            </ul>
          )}
          <p className="mt-3 text-muted-foreground">
            {recommendation.safeForAutoDeployment
              ? "It may deploy without a person where policy allows it; policy does not by default."
              : "It deploys only with a person's approval."}
          </p>
        </CardContent>
      </Card>
      <Card>
        <CardHeader>
          <CardTitle>What it declares</CardTitle>
        </CardHeader>
        <CardContent>
          <dl className="divide-y">
            {characteristics !== null && (
              <>
                <Fact name="Idempotent">{yes(characteristics.idempotent)}</Fact>
                <Fact name="Side effects">{listed(characteristics.sideEffects)}</Fact>
                <Fact name="Safe for shadow testing">{yes(characteristics.safeForShadowTesting)}</Fact>
                <Fact name="Needs stated effects">{listed(characteristics.requiresMocking)}</Fact>
              </>
            )}
            {permissions !== null && (
              <>
                <Fact name="Network">{listed(permissions.network)}</Fact>
                <Fact name="Key-value store">{permissions.kv}</Fact>
                <Fact name="Secrets">{listed(permissions.secrets)}</Fact>
              </>
            )}
          </dl>
        </CardContent>
      </Card>
      <ToolObserved tool={tool} />
      <ToolCases
        tool={tool.name}
        activeVersion={tool.activeVersion}
        runs={runs}
        mayRun={mayRun}
        cases={testCases.map(({ description, input, expectedOutput, shouldThrow }) => ({
          description,
          input: JSON.stringify(input, null, 2),
          expected:
            shouldThrow === undefined ? JSON.stringify(expectedOutput ?? null, null, 2) : `refuses: ${shouldThrow}`,
        }))}
      />
    </div>
  );
}
