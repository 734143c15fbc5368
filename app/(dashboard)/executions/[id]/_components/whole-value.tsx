"use client";
import { CopyButton } from "#app/_ui/copy-button.tsx";

/** Copies a value of a call, or keeps it as a file: whole, fetched when asked for, so that none is sent with the page. */
export function WholeValue({ id, part }: { id: string; part: "input" | "output" | "error" }) {
  const address = `/executions/${encodeURIComponent(id)}/values/${part}`;
  async function whole(): Promise<string> {
    const response = await fetch(address);
    if (!response.ok) throw new Error(await response.text());
    return response.text();
  }
  return (
    <div className="ml-auto flex items-center gap-1">
      <a href={address} download className="text-link text-xs hover:underline">
        The whole {part}
      </a>
      <CopyButton text={whole} label={`Copy the ${part}`} />
    </div>
  );
}
