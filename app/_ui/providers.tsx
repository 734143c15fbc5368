"use client";
import { ThemeProvider } from "next-themes";
import type { ReactNode } from "react";
import { KeyboardProvider } from "./keyboard.tsx";
import { Toaster } from "./toaster.tsx";
import { TooltipProvider } from "./tooltip.tsx";

/** What every page stands in: theme, tooltips, keyboard, messages. */
export function Providers({ children }: { children: ReactNode }) {
  return (
    <ThemeProvider attribute="class" defaultTheme="system" enableSystem disableTransitionOnChange>
      <TooltipProvider delayDuration={250}>
        <KeyboardProvider>{children}</KeyboardProvider>
      </TooltipProvider>
      <Toaster />
    </ThemeProvider>
  );
}
