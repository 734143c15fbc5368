"use client";
import { useTheme } from "next-themes";
import { useEffect } from "react";
import { Toaster as Sonner, toast } from "sonner";
import { showThrough } from "./toast.ts";

/** Where short messages appear; `toast` writes them. */
export default function Toaster() {
  const { resolvedTheme } = useTheme();
  // After the effects of the list below, which hears only of messages that come later than itself.
  useEffect(() => showThrough(toast), []);
  return (
    <Sonner
      theme={resolvedTheme === "dark" ? "dark" : "light"}
      // Beside the cases and above the decision bar: neither is ever covered.
      position="bottom-left"
      offset={{ left: 16, bottom: 88 }}
      mobileOffset={{ bottom: 132 }}
      duration={6000}
      closeButton
      style={
        {
          "--normal-bg": "var(--popover)",
          "--normal-text": "var(--popover-foreground)",
          "--normal-border": "var(--border)",
          "--border-radius": "var(--radius)",
          fontFamily: "inherit",
        } as React.CSSProperties
      }
    />
  );
}
