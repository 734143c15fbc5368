"use client";
import { Keyboard, LogOut } from "lucide-react";
import { Button } from "#app/_ui/button.tsx";
import { ThemeToggle } from "#app/_ui/theme-toggle.tsx";

/** Who is signed in, the theme, and the way out. */
export function AccountBar({ name }: { name: string }) {
  async function leave(): Promise<void> {
    await fetch("/api/sign-out", { method: "POST" });
    window.location.assign("/sign-in");
  }
  return (
    <div className="flex items-center gap-0.5">
      <span
        aria-hidden
        className="mr-2 ml-1 grid size-6 shrink-0 place-content-center rounded-full bg-accent font-medium text-2xs text-accent-foreground uppercase"
      >
        {name.slice(0, 2)}
      </span>
      <span className="min-w-0 flex-1 truncate text-13" title={`Signed in as ${name}`}>
        {name}
      </span>
      <Button
        variant="ghost"
        size="icon"
        className="text-muted-foreground max-lg:hidden"
        aria-label="Keyboard shortcuts"
        title="Keyboard shortcuts"
        onClick={() => document.dispatchEvent(new KeyboardEvent("keydown", { key: "?", bubbles: true }))}
      >
        <Keyboard aria-hidden />
      </Button>
      <ThemeToggle />
      <Button
        variant="ghost"
        size="icon"
        className="text-muted-foreground"
        aria-label="Sign out"
        title="Sign out"
        onClick={() => void leave()}
      >
        <LogOut aria-hidden />
      </Button>
    </div>
  );
}
