"use client";
import { useTheme } from "next-themes";
import { Toaster as Sonner } from "sonner";

/** Where short messages appear; `toast` of the package `sonner` writes them. */
export function Toaster() {
  const { resolvedTheme } = useTheme();
  return (
    <Sonner
      theme={resolvedTheme === "dark" ? "dark" : "light"}
      // Beside the cases and above the decision bar: neither is ever covered.
      position="bottom-left"
      offset={{ left: 16, bottom: 88 }}
      mobileOffset={{ bottom: 88 }}
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
