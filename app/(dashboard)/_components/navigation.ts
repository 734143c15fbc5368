import {
  Activity,
  FolderSync,
  LayoutDashboard,
  ListChecks,
  type LucideIcon,
  Settings,
  TriangleAlert,
  Waypoints,
  Wrench,
} from "lucide-react";

export type NavigationItem = {
  readonly label: string;
  readonly href: string;
  readonly icon: LucideIcon;
  /** Sequence that goes there. */
  readonly keys: string;
  /** Which count stands beside it. */
  readonly count?: "proposals" | "opportunities";
};

export const NAVIGATION: readonly NavigationItem[] = [
  { label: "Overview", href: "/", icon: LayoutDashboard, keys: "g o" },
  { label: "Opportunities", href: "/opportunities", icon: TriangleAlert, keys: "g i", count: "opportunities" },
  { label: "Proposals", href: "/proposals", icon: ListChecks, keys: "g p", count: "proposals" },
  { label: "Tools", href: "/tools", icon: Wrench, keys: "g t" },
  { label: "Executions", href: "/executions", icon: Waypoints, keys: "g e" },
  { label: "Sync", href: "/sync", icon: FolderSync, keys: "g y" },
  { label: "Activity", href: "/activity", icon: Activity, keys: "g a" },
  { label: "Settings", href: "/settings", icon: Settings, keys: "g s" },
];

/** Whether a page belongs to an item: the overview only itself, others all below them. */
export function isCurrent(item: NavigationItem, path: string): boolean {
  return item.href === "/" ? path === "/" : path === item.href || path.startsWith(`${item.href}/`);
}
