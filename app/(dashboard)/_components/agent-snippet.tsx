"use client";
import { KeyRound } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "#app/_ui/button.tsx";
import { CodeBlock } from "#app/_ui/code-block.tsx";
import { NotAllowed } from "#app/_ui/not-allowed.tsx";
import { useAction } from "#app/_ui/use-action.ts";
import { makeAgentKey } from "../connect/actions.ts";
import { shellWord } from "./shell-word.ts";

/** Kept while the tab is: the first call leads to another page, and the key cannot be had again. */
let lastMade: { name: string; secret: string } | null = null;

/** What an agent's client is told, with a key in it once one was made; the key is shown this one time. */
export function AgentSnippet({
  address,
  keyFile,
  mayMakeKey,
  since,
}: {
  address: string;
  /** Where this server keeps its first key. */
  keyFile: string;
  mayMakeKey: boolean;
  /** Since when the page waits for calls; absent where it waits for anybody's. */
  since: number | undefined;
}) {
  const router = useRouter();
  const [made, setMade] = useState(lastMade);
  const { run, pending } = useAction(makeAgentKey, {
    onDone: (key) => {
      lastMade = key;
      setMade(key);
      // From here on the page waits for the calls of this key alone.
      if (since !== undefined)
        router.replace(`/connect?${new URLSearchParams({ since: String(since), agent: key.name })}`);
    },
  });
  const secret = made?.secret ?? null;
  const key = secret ?? "KEY";
  const configuration = JSON.stringify(
    { mcpServers: { whetstone: { type: "http", url: `${address}/mcp`, headers: { Authorization: `Bearer ${key}` } } } },
    null,
    2,
  );
  const call = `curl -s ${address}/api/v1/tools/calculator/executions \\
  -H "Authorization: Bearer ${secret ?? `$(cat ${shellWord(keyFile)})`}" \\
  -H "Content-Type: application/json" \\
  -d '{"input": {"operation": "add", "a": 1, "b": 2}}'`;
  return (
    <>
      {made !== null ? (
        <p role="status">
          The key “{made.name}” is in the snippets below: it may call tools and see what is recorded. Copy it now, it is
          not shown again; the settings take it back.{" "}
          <button type="button" className="text-link underline" disabled={pending} onClick={() => run(undefined)}>
            Make another key
          </button>
        </p>
      ) : mayMakeKey ? (
        <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
          <Button variant="outline" pending={pending} onClick={() => run(undefined)}>
            {!pending && <KeyRound aria-hidden />}
            Make a key for it
          </Button>
          <span className="text-muted-foreground">or put one that you have where KEY stands.</span>
        </div>
      ) : (
        <NotAllowed scope="admin">Making a key here</NotAllowed>
      )}
      <p>
        Any MCP client, as most of them keep it in their configuration. The address is{" "}
        <code className="inline-block max-w-full break-all align-bottom font-mono text-xs">{address}/mcp</code>,
        Streamable HTTP:
      </p>
      <CodeBlock text={configuration} label="MCP configuration" copy />
      <p>Or plain HTTP:</p>
      <CodeBlock text={call} label="A first call with curl" copy />
    </>
  );
}
