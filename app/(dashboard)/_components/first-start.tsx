import { FlaskConical, Plug } from "lucide-react";
import { Card, CardContent, CardHeader, CardTitle } from "#app/_ui/card.tsx";
import { NotAllowed } from "#app/_ui/not-allowed.tsx";
import { PageHeader } from "#app/_ui/page-header.tsx";
import { StartDemoButton } from "../demo/_components/demo-buttons.tsx";
import { ConnectAgent, FirstCall } from "./connect-agent.tsx";

/** The first start: two doors, and nothing else to decide. */
export function FirstStart({ tools, mayOperate }: { tools: number; mayOperate: boolean }) {
  return (
    <>
      <PageHeader
        title="Welcome to Whetstone"
        description={`${tools} tools are loaded and ready to be called. Nothing has called them yet.`}
      />
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <Card>
          <CardHeader>
            <FlaskConical className="size-4 text-muted-foreground" aria-hidden />
            <CardTitle>Watch one tool get fixed</CardTitle>
            <span className="text-muted-foreground text-xs">90 seconds</span>
          </CardHeader>
          <CardContent className="flex flex-col gap-3 text-13">
            <p>
              The product runs once, for real, on a copy of the tools: ten calls of a calculator, five of which fail;
              detection; a generated fix with its evidence. Then it waits for you. You approve, see the failing calls
              answered, and roll back.
            </p>
            <p className="text-muted-foreground">
              Your own tools are not touched, no model is asked, nothing leaves this machine.
            </p>
            {mayOperate ? (
              <div>
                <StartDemoButton />
              </div>
            ) : (
              <NotAllowed scope="operate">Starting it</NotAllowed>
            )}
          </CardContent>
        </Card>
        <Card>
          <CardHeader>
            <Plug className="size-4 text-muted-foreground" aria-hidden />
            <CardTitle>Connect an agent</CardTitle>
          </CardHeader>
          <CardContent className="flex flex-col gap-3 text-13">
            <ConnectAgent />
            <div className="border-t pt-3">
              <FirstCall since={new Date(0)} />
            </div>
          </CardContent>
        </Card>
      </div>
    </>
  );
}
