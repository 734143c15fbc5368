import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { Button } from "#app/_ui/button.tsx";
import { Card, CardContent, CardHeader, CardTitle } from "#app/_ui/card.tsx";
import { Link } from "#app/_ui/link.tsx";
import { PageHeader } from "#app/_ui/page-header.tsx";
import { getContext } from "#app/context.ts";
import { ConnectAgent, FirstCall } from "../_components/connect-agent.tsx";

export const metadata: Metadata = { title: "Connect an agent" };

/** The address carries since when calls count, and whose, so that a reload goes on waiting for the same one. */
export default async function ConnectPage({
  searchParams,
}: {
  searchParams: Promise<{ since?: string; agent?: string }>;
}) {
  const context = await getContext();
  const asked = await searchParams;
  const since = Number(asked.since);
  const agent = typeof asked.agent === "string" && asked.agent !== "" ? asked.agent.slice(0, 100) : undefined;
  if (!Number.isSafeInteger(since) || since <= 0) redirect(`/connect?since=${context.clock.now().getTime()}`);
  return (
    <>
      <PageHeader
        title="Connect an agent"
        description="It uses the tools by its ordinary client; every call is recorded with its effects."
        actions={
          <Button asChild variant="outline">
            <Link href="/">Go to the overview</Link>
          </Button>
        }
      />
      <div className="grid items-start gap-4 xl:grid-cols-2">
        <Card>
          <CardHeader>
            <CardTitle>Tell it where</CardTitle>
          </CardHeader>
          <CardContent className="flex flex-col gap-3 text-13">
            <ConnectAgent since={since} />
          </CardContent>
        </Card>
        <FirstCall since={new Date(since)} agent={agent} />
      </div>
    </>
  );
}
