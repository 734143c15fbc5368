"use client";
import { ThemeProvider } from "next-themes";
import type { ReactNode } from "react";
import { KeyboardProvider } from "./keyboard-provider.tsx";
import { AtRest, Brought, onDemand } from "./on-demand.tsx";

const toaster = onDemand(() => import("./toaster.tsx"));

/** What every page stands in: theme, keyboard, messages. */
export function Providers({ children }: { children: ReactNode }) {
  return (
    <ThemeProvider attribute="class" defaultTheme="system" enableSystem>
      <KeyboardProvider>{children}</KeyboardProvider>
      <AtRest>
        <Brought part={toaster} />
      </AtRest>
    </ThemeProvider>
  );
}
