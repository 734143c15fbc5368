import type { ReactNode } from "react";
import type { PaletteEntry } from "#app/_ui/command-palette.tsx";
import { Link } from "#app/_ui/link.tsx";
import { LiveRefresh } from "#app/_ui/live-refresh.tsx";
import { ModeBadge } from "#app/_ui/mode-badge.tsx";
import { PageProgress } from "#app/_ui/page-progress.tsx";
import { getContext } from "#app/context.ts";
import { readFrame } from "#lib/queries/frame.ts";
import { readOwnSyncUndo } from "#lib/queries/sync-undo.ts";
import { AccountBar } from "./_components/account-bar.tsx";
import { DashboardPalette } from "./_components/dashboard-palette.tsx";
import { DemoBanner } from "./_components/demo-banner.tsx";
import { NAVIGATION } from "./_components/navigation.ts";
import { NavigationKeys, NavigationList } from "./_components/navigation-list.tsx";
import { PhoneBar } from "./_components/phone-bar.tsx";
import { TellWhenSettled } from "./_components/tell-when-settled.tsx";
import { UndoKey } from "./_components/undo-key.tsx";
import { Wordmark } from "./_components/wordmark.tsx";

export default async function DashboardLayout({ children }: { children: ReactNode }) {
  const context = await getContext();
  const readAt = context.clock.now().getTime();
  const [frame, settled] = await Promise.all([readFrame(context), readOwnSyncUndo(context)]);
  const entries: PaletteEntry[] = [
    ...NAVIGATION.map(({ label, href, keys }) => ({ label, href, group: "Pages", hint: keys })),
    { label: "Connect an agent", href: "/connect", group: "Pages" },
    { label: "Watch one tool get fixed", href: "/demo", group: "Pages" },
    ...frame.tools.map((tool) => ({ label: tool, href: `/tools/${tool}`, group: "Tools" })),
  ];
  const mode = (
    <Link
      href="/settings"
      className="rounded-sm"
      title={
        frame.mode === "real"
          ? "Real mode: an approved change is written to the tool's file"
          : "Simulated mode: everything runs, approving writes nothing"
      }
    >
      <ModeBadge value={frame.mode} />
    </Link>
  );
  const account = <AccountBar name={context.caller.actor.name} />;
  return (
    <div className="lg:grid lg:min-h-dvh lg:grid-cols-[13.5rem_minmax(0,1fr)]">
      <a
        href="#content"
        className="sr-only z-50 rounded-md bg-popover px-3 py-2 shadow-pop focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        Skip to the content
      </a>
      <PageProgress />
      <NavigationKeys />
      <UndoKey settled={settled} />
      <TellWhenSettled />
      <LiveRefresh since={readAt} />
      <aside className="sticky top-(--strip,0px) hidden h-[calc(100dvh-var(--strip,0px))] flex-col gap-3 border-r bg-sidebar p-3 lg:flex">
        <div className="flex h-8 items-center pl-1">
          <Wordmark />
        </div>
        <DashboardPalette entries={entries} scopes={context.caller.scopes} />
        <div className="flex-1 overflow-y-auto">
          <NavigationList counts={frame.counts} />
        </div>
        <div className="flex items-center justify-between px-2 text-muted-foreground text-xs">
          Mode
          {mode}
        </div>
        <div className="-mx-3 border-t px-2 pt-2">{account}</div>
      </aside>
      <div className="flex min-w-0 flex-col">
        <PhoneBar counts={frame.counts} mode={mode} footer={account} />
        {context.workspace === "demo" && <DemoBanner />}
        <main
          id="content"
          tabIndex={-1}
          className="mx-auto w-full max-w-[100rem] flex-1 px-4 py-5 outline-none lg:px-6"
        >
          {children}
        </main>
      </div>
    </div>
  );
}
