"use client";
import { SearchX } from "lucide-react";
import { usePathname } from "next/navigation";
import { Button } from "#app/_ui/button.tsx";
import { EmptyState } from "#app/_ui/empty-state.tsx";
import { Link } from "#app/_ui/link.tsx";

/** What an address below each list would have been, and the list. */
const KINDS: Record<string, { one: string; list: string }> = {
  opportunities: { one: "opportunity", list: "See the opportunities" },
  proposals: { one: "proposal", list: "See the proposals" },
  tools: { one: "tool", list: "See the tools" },
  executions: { one: "call", list: "See the executions" },
};

export default function NotFound() {
  const [, list = "", , ...below] = usePathname().split("/");
  const kind = KINDS[list];
  return (
    <>
      <h1 className="sr-only">Not found</h1>
      <EmptyState
        icon={SearchX}
        title={
          kind === undefined || below.length > 0
            ? "There is nothing at this address"
            : `There is no such ${kind.one} here`
        }
        action={
          <Button asChild variant="outline">
            {kind === undefined ? <Link href="/">Go to the overview</Link> : <Link href={`/${list}`}>{kind.list}</Link>}
          </Button>
        }
      >
        The link may be of another workspace, of a demo that was reset, or not whole.
      </EmptyState>
    </>
  );
}
