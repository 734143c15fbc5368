import { FlaskConical, Plug } from "lucide-react";
import { Card, CardContent, CardHeader, CardTitle } from "#app/_ui/card.tsx";
import { CodeBlock } from "#app/_ui/code-block.tsx";
import { PageHeader } from "#app/_ui/page-header.tsx";
import { StartDemoButton } from "../demo/_components/demo-buttons.tsx";

/** The first start: two doors, and nothing else to decide. */
export function FirstStart({ address, tools }: { address: string; tools: number }) {
  const call = `curl -s ${address}/api/v1/tools/calculator/executions \\
  -H "Authorization: Bearer $(cat .whetstone/admin-key)" \\
  -H "Content-Type: application/json" \\
  -d '{"input": {"operation": "add", "a": 1, "b": 2}}'`;
  const server = JSON.stringify(
    { mcpServers: { whetstone: { type: "http", url: `${address}/mcp`, headers: { Authorization: "Bearer KEY" } } } },
    null,
    2,
  );
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
              The product runs once, for real, on a copy of the sample tools: ten calls of a calculator, five of which
              fail; detection; a generated fix with its evidence. Then it waits for you. You approve, see the failing
              calls answered, and roll back.
            </p>
            <p className="text-muted-foreground">
              Your own tools are not touched, no model is asked, nothing leaves this machine.
            </p>
            <div>
              <StartDemoButton />
            </div>
          </CardContent>
        </Card>
        <Card>
          <CardHeader>
            <Plug className="size-4 text-muted-foreground" aria-hidden />
            <CardTitle>Connect an agent</CardTitle>
          </CardHeader>
          <CardContent className="flex flex-col gap-3 text-13">
            <p>
              Any MCP client, with a key from <strong className="font-medium">Settings</strong> or{" "}
              <code className="font-mono text-xs">.whetstone/admin-key</code>:
            </p>
            <CodeBlock text={server} label="MCP configuration" copy />
            <p>Or plain HTTP:</p>
            <CodeBlock text={call} label="A first call with curl" copy />
            <p className="flex items-center gap-2 text-muted-foreground" role="status">
              <span className="size-2 animate-pulse rounded-full bg-warning motion-reduce:animate-none" aria-hidden />
              Waiting for the first call…
            </p>
          </CardContent>
        </Card>
      </div>
    </>
  );
}
