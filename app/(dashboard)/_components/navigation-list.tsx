"use client";
import { usePathname, useRouter } from "next/navigation";
import { cn } from "#app/_ui/cn.ts";
import { useShortcut } from "#app/_ui/keyboard.tsx";
import { Link } from "#app/_ui/link.tsx";
import { isCurrent, NAVIGATION, type NavigationItem } from "./navigation.ts";

export type NavigationCounts = { readonly proposals: number; readonly opportunities: number };

const COUNTED = { proposals: "waiting for review", opportunities: "open" } as const;

export function NavigationList({ counts, onGo }: { counts: NavigationCounts; onGo?: () => void }) {
  const path = usePathname();
  return (
    <nav aria-label="Main">
      <ul className="flex flex-col gap-0.5">
        {NAVIGATION.map((item) => {
          const current = isCurrent(item, path);
          const count = item.count === undefined ? 0 : counts[item.count];
          return (
            <li key={item.href}>
              <Link
                href={item.href}
                aria-current={current ? "page" : undefined}
                {...(onGo === undefined ? {} : { onClick: onGo })}
                className={cn(
                  "flex h-8 items-center gap-2.5 rounded-md px-2 text-13 text-muted-foreground hover:bg-accent hover:text-foreground",
                  current && "bg-accent font-medium text-foreground",
                )}
              >
                <item.icon className={cn("size-4 shrink-0", current && "text-primary")} aria-hidden />
                <span className="flex-1">{item.label}</span>
                {count > 0 && item.count !== undefined && (
                  <span
                    className={cn(
                      "min-w-5 rounded-full px-1.5 text-center font-medium text-2xs leading-4.5",
                      item.count === "proposals" ? "bg-primary text-primary-foreground" : "bg-muted text-foreground",
                    )}
                  >
                    {count}
                    <span className="sr-only"> {COUNTED[item.count]}</span>
                  </span>
                )}
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

/** Registers `g o`, `g p` and the others, once for the whole dashboard. */
export function NavigationKeys() {
  return NAVIGATION.map((item) => <NavigationKey key={item.href} item={item} />);
}

function NavigationKey({ item }: { item: NavigationItem }) {
  const router = useRouter();
  useShortcut({ keys: item.keys, label: item.label, group: "Go to", run: () => router.push(item.href) });
  return null;
}
