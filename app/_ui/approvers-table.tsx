"use client";
import type { Approver, Approvers, SomeApprovers } from "#lib/core/policy.ts";
import { Choice } from "./choice.tsx";

const WHO: Record<Approver, string> = {
  machine: "Machine",
  key: "Person or key",
  person: "Person",
  nobody: "Nobody",
};
const STRATEGIES = ["shadow", "replay", "synthetic", "manual"] as const;
const VERDICTS = ["passed", "inconclusive"] as const;
type Strategy = (typeof STRATEGIES)[number];
type Verdict = (typeof VERDICTS)[number];

const PROVED: readonly Strategy[] = ["shadow", "replay"];

function optionsFor(strategy: Strategy, verdict: Verdict): Approver[] {
  const all: Approver[] = ["machine", "key", "person", "nobody"];
  return verdict === "passed" && PROVED.includes(strategy) ? all : all.slice(1);
}

function cellOf(table: Approvers | SomeApprovers, strategy: Strategy, verdict: Verdict): Approver | undefined {
  const row: { passed?: Approver | undefined; inconclusive?: Approver | undefined } | undefined = table[strategy];
  return row?.[verdict];
}

/**
 * Who has to decide, by the strategy that was used and its verdict.
 * @param own cells of one tool: the others read as everywhere
 */
export function ApproversTable({
  approvers,
  own,
  disabled,
  onChange,
}: {
  approvers: Approvers;
  own?: SomeApprovers;
  disabled: boolean;
  /** Null takes a tool's cell back to what holds everywhere. */
  onChange: (strategy: Strategy, verdict: Verdict, who: Approver | null) => void;
}) {
  return (
    <table className="w-full table-fixed text-13">
      <caption className="pb-1 text-left font-medium">
        Who has to approve
        <span className="block font-normal text-muted-foreground">
          By the strategy that was really used. The machine only where automatic deployment is on; a key is any API key
          with the scope. What failed, or could not be tested, can never be approved; an edit on disk that failed is
          taken only by whoever may approve, and asked about.
        </span>
      </caption>
      <thead>
        <tr className="text-left text-muted-foreground">
          <th scope="col" className="w-22 py-1 pr-3 font-normal max-sm:w-19 max-sm:pr-1">
            Strategy
          </th>
          <th scope="col" className="py-1 pr-3 font-normal">
            Passed
          </th>
          <th scope="col" className="py-1 font-normal">
            Inconclusive
          </th>
        </tr>
      </thead>
      <tbody>
        {STRATEGIES.map((strategy) => (
          <tr key={strategy} className="border-t">
            <th scope="row" className="py-1.5 pr-3 text-left align-middle font-normal">
              {strategy}
            </th>
            {VERDICTS.map((verdict) => {
              const inForce = cellOf(approvers, strategy, verdict);
              if (inForce === undefined)
                return (
                  <td key={verdict} className="py-1.5 pr-3 text-muted-foreground">
                    Never passes
                  </td>
                );
              const mine = own === undefined ? inForce : cellOf(own, strategy, verdict);
              const options = optionsFor(strategy, verdict).map((who) => [who, WHO[who]] as const);
              return (
                <td key={verdict} className="py-1.5 pr-3 max-sm:pr-1.5">
                  <Choice<Approver | "inherit">
                    label={`${strategy}, ${verdict}`}
                    value={mine ?? "inherit"}
                    options={
                      own === undefined
                        ? options
                        : [
                            ["inherit", mine === undefined ? `${WHO[inForce]} (as everywhere)` : "As everywhere"],
                            ...options,
                          ]
                    }
                    disabled={disabled}
                    onChange={(who) => onChange(strategy, verdict, who === "inherit" ? null : who)}
                    className="w-full max-w-60 max-sm:px-1"
                  />
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
