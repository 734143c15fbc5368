"use client";
import { KeyRound } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "#app/_ui/button.tsx";
import { Input } from "#app/_ui/input.tsx";
import { Label } from "#app/_ui/label.tsx";

/** For as long as a sign-in link lasts. The name is `NEXT_COOKIE`'s, which the browser's side cannot read from there. */
function keepNext(next: string): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the other interface is not in every browser that is served
  document.cookie = `whetstone_next=${encodeURIComponent(next)}; path=/sign-in; samesite=lax; max-age=${next === "/" ? 0 : 600}`;
}

/** @param next where to go on to; a place in the page stays in the address, which no server sees */
export function SignInForm({ next }: { next: string }) {
  const [key, setKey] = useState("");
  const [wrong, setWrong] = useState<string | null>(null);
  const [pending, setPending] = useState(false);
  // Who takes the link out of the terminal instead goes on to the same page.
  useEffect(() => keepNext(next === "/" ? next : `${next}${window.location.hash}`), [next]);
  async function signIn(): Promise<void> {
    setPending(true);
    setWrong(null);
    try {
      const response = await fetch("/api/sign-in", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ key }),
      });
      if (response.ok) {
        keepNext("/");
        window.location.assign(`${next}${next === "/" ? "" : window.location.hash}`);
        return;
      }
      const problem = (await response.json()) as { detail?: string };
      setWrong(problem.detail ?? "The key was not accepted.");
    } catch {
      setWrong("The server did not answer. Is it running?");
    }
    setPending(false);
  }
  return (
    <form
      className="flex flex-col gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        void signIn();
      }}
    >
      <Label htmlFor="key">Key</Label>
      <Input
        id="key"
        type="password"
        autoComplete="current-password"
        required
        value={key}
        className="h-9 font-mono"
        aria-invalid={wrong !== null || undefined}
        aria-describedby={wrong === null ? undefined : "key-wrong"}
        onChange={(event) => setKey(event.target.value)}
      />
      {wrong !== null && (
        <p id="key-wrong" role="alert" className="text-13 text-danger">
          {wrong}
        </p>
      )}
      <Button type="submit" size="lg" pending={pending} className="mt-1">
        <KeyRound aria-hidden />
        Sign in
      </Button>
    </form>
  );
}
