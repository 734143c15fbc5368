"use client";
import { CodeBlock } from "#app/_ui/code-block.tsx";

/** The secret of a key that was just made: shown this one time. */
export default function NewSecret({ secret }: { secret: string }) {
  return (
    <div role="status" className="grid gap-1">
      <p>Copy it now: it is not kept, and not shown again.</p>
      <CodeBlock text={secret} label="New key" copy />
    </div>
  );
}
