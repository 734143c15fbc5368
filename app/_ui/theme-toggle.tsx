"use client";
import { Monitor, Moon, Sun } from "lucide-react";
import { useTheme } from "next-themes";
import { useSyncExternalStore } from "react";
import { Button } from "./button.tsx";

const NEXT = { system: "light", light: "dark", dark: "system" } as const;
const LOOKS = {
  system: { icon: Monitor, words: "Theme: as the system" },
  light: { icon: Sun, words: "Theme: light" },
  dark: { icon: Moon, words: "Theme: dark" },
} as const;

/** Goes round: as the system, light, dark. */
export function ThemeToggle() {
  const { theme, setTheme } = useTheme();
  const known = useSyncExternalStore(
    () => () => {},
    () => true,
    () => false,
  );
  const now = known && (theme === "light" || theme === "dark") ? theme : "system";
  const { icon: Icon, words } = LOOKS[now];
  return (
    <Button
      variant="ghost"
      size="icon"
      aria-label={words}
      title={words}
      className="text-muted-foreground"
      onClick={() => setTheme(NEXT[now])}
    >
      <Icon aria-hidden />
    </Button>
  );
}
