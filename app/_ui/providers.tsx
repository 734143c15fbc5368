"use client";
import { ThemeProvider } from "next-themes";
import type { ReactNode } from "react";
import { KeyboardProvider } from "./keyboard-provider.tsx";
import { Toaster } from "./toaster.tsx";

/** What every page stands in: theme, keyboard, messages. */
export function Providers({ children }: { children: ReactNode }) {
  return (
    <ThemeProvider attribute="class" defaultTheme="system" enableSystem>
      <KeyboardProvider>{children}</KeyboardProvider>
      <Toaster />
    </ThemeProvider>
  );
}
