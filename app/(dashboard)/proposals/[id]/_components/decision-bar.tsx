"use client";
import { Ban, Check, MessageSquareWarning, Rocket, TriangleAlert, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Button } from "#app/_ui/button.tsx";
import { CopyButton } from "#app/_ui/copy-button.tsx";
import { Dialog } from "#app/_ui/dialog.tsx";
import type { Opened } from "#app/_ui/dialog-button.tsx";
import { useShortcut } from "#app/_ui/keyboard.tsx";
import { Brought, onDemand } from "#app/_ui/on-demand.tsx";
import { toast } from "#app/_ui/toast.ts";
import { useAction } from "#app/_ui/use-action.ts";
import { decide, deploy } from "../actions.ts";
import { type Choice, DecisionDialog } from "./decision-dialog.tsx";
import type { ToDeploy } from "./deploy-dialog.tsx";
import { keepWords, readKeptWords } from "./kept-words.ts";
import type { DecisionFacts } from "./review.tsx";
import { DECIDE } from "./signals.ts";
import { useUnsent } from "./unsent.ts";
import { useAftermath } from "./use-aftermath.ts";

const deployDialog = onDemand<ToDeploy & Opened>(() => import("./deploy-dialog.tsx"));

/** The person's decision. One click where nothing has to be acknowledged; no single key decides anything. */
export function DecisionBar({ page }: { page: DecisionFacts }) {
  const { decidable, digest } = page;
  /** What the dialog asks about, with the digest of what the page showed then: a decision is about what was seen. */
  const [asked, setAsked] = useState<{ choice: Choice; seen: string | null } | null>(null);
  const choice = asked?.choice ?? null;
  const setChoice = (made: Choice | null): void => setAsked(made === null ? null : { choice: made, seen: digest });
  const sent = useRef<Choice>("approve");
  const aftermath = useAftermath(page.next);
  const decision = useAction(decide, {
    onDone: ({ id, number, tool, deployment, missing }) => {
      const made = sent.current;
      for (const each of CHOICES) keepWords(page.id, each, null);
      setChoice(null);
      const decided = { id, number, tool, what: SAID[made] };
      if (made === "reject") aftermath.decided(decided, `Proposal ${number} is rejected.`);
      else if (made === "request_changes") aftermath.decided(decided, `Changes to proposal ${number} are requested.`);
      else if (deployment === null) aftermath.decided(decided, approvedWords(number, missing));
      else if (deployment.state === "simulated") aftermath.decided(decided, simulatedWords(page));
      else aftermath.deployed(decided, deployment);
    },
  });
  /** Whether it is asked before what was approved goes live. */
  const [deploying, setDeploying] = useState(false);
  const later = useAction(deploy, {
    onDone: (deployment) => {
      setDeploying(false);
      const decided = { id: page.id, number: page.number, tool: page.tool, what: "approved" };
      if (deployment.state === "simulated") toast.success(simulatedWords({ next: null }));
      else aftermath.deployed(decided, deployment);
    },
  });
  const mustRead = page.warnings.some(({ mustAcknowledge }) => mustAcknowledge) || page.reasonRequired;
  const wantsDeploy = page.mayDeploy && decidable.approvals.need - decidable.approvals.have <= 1;

  const doubtful = page.verdict === "inconclusive";
  const approveLabel = doubtful
    ? `Approve anyway${page.mode === "simulated" ? " (simulated: nothing is written)" : ""}`
    : wantsDeploy || page.mode === "simulated"
      ? page.approveWords.button
      : "Approve";

  function send(made: Choice, reason: string, acknowledge: string[]): void {
    const approving = made === "approve" || made === "approve_only";
    if (digest === null && approving) {
      toast.error("There is nothing to approve right now: look at the page again.");
      return;
    }
    if (approving && unsent !== null) {
      toast.error(unsent);
      return;
    }
    sent.current = made;
    decision.run({
      id: page.id,
      decision: approving ? "approve" : made,
      reason,
      // A no to what was not tested is bound to nothing; where it is tested by then, this is refused.
      digest: digest ?? "untested",
      acknowledge,
      deploy: made === "approve" && wantsDeploy && page.mode === "real",
    });
  }
  function choose(made: Choice): void {
    if ((made === "approve" || made === "approve_only") && !mustRead) send(made, "", []);
    else setChoice(made);
  }

  const unsent = useUnsent();
  useEffect(() => {
    const onAsk = (): void => setAsked({ choice: "approve", seen: digest });
    window.addEventListener(DECIDE, onAsk);
    return () => window.removeEventListener(DECIDE, onAsk);
  }, [digest]);
  useShortcut({
    keys: "a",
    label: "Decide",
    group: "Review",
    enabled: decidable.approve && unsent === null,
    inPalette: true,
    run: () => setChoice("approve"),
  });
  useShortcut({
    keys: "r",
    label: "Request changes",
    group: "Review",
    enabled: decidable.requestChanges,
    inPalette: true,
    run: () => setChoice("request_changes"),
  });
  useShortcut({
    keys: "x",
    label: "Reject",
    group: "Review",
    enabled: decidable.reject,
    inPalette: true,
    run: () => setChoice("reject"),
  });

  const dialog = (
    <Dialog open={choice !== null} onOpenChange={(open) => !open && setChoice(null)}>
      {choice !== null && (
        <DecisionDialog
          key={choice}
          choice={choice}
          page={page}
          deploys={choice === "approve" && wantsDeploy}
          pending={decision.pending}
          maySend={decidable[NEEDS[choice]]}
          changed={digest !== null && digest !== asked?.seen}
          onSeen={() => setChoice(choice)}
          // Closing a dialog by accident, or leaving the page, loses no words.
          words={readKeptWords(page.id, choice)?.text ?? ""}
          onWords={(text) => keepWords(page.id, choice, { text, revision: page.revision })}
          onClose={() => setChoice(null)}
          onConfirm={(reason, acknowledge) => send(choice, reason, acknowledge)}
        />
      )}
    </Dialog>
  );
  const nothing = !decidable.reject && !decidable.deploy && decidable.whyNot === null;
  return (
    <>
      {!nothing && (
        <section
          aria-label="Decision"
          className="-mx-4 sticky bottom-0 z-20 mt-1 flex flex-wrap items-center gap-x-2.5 gap-y-2 border-t bg-card/95 px-4 py-3 shadow-[0_-6px_16px_-12px_rgb(0_0_0/0.25)] backdrop-blur lg:-mx-6 lg:px-6"
        >
          {decidable.deploy && (
            <Button
              size="lg"
              className={MANY_WORDS}
              pending={later.pending}
              disabled={unsent !== null}
              onClick={() => (page.mode === "simulated" ? later.run({ id: page.id }) : setDeploying(true))}
            >
              <Rocket aria-hidden />
              {page.mode === "simulated" ? "Deploy (simulated: nothing is written)" : `Deploy v${page.nextVersion}…`}
            </Button>
          )}
          {decidable.approve && (
            <Button
              size="lg"
              className={MANY_WORDS}
              variant={doubtful ? "outline" : "default"}
              pending={decision.pending && choice === null && sent.current === "approve"}
              disabled={unsent !== null}
              onClick={() => choose("approve")}
            >
              {page.mode === "real" && wantsDeploy ? <Rocket aria-hidden /> : <Check aria-hidden />}
              {approveLabel}
              {mustRead && "…"}
            </Button>
          )}
          {decidable.approve && page.mode === "real" && wantsDeploy && (
            <Button
              variant="outline"
              size="lg"
              disabled={decision.pending || unsent !== null}
              onClick={() => choose("approve_only")}
            >
              Approve only
            </Button>
          )}
          {(decidable.approve || decidable.deploy) && unsent !== null && (
            <p role="status" className="flex min-w-0 flex-1 basis-60 items-start gap-2 text-13">
              <TriangleAlert className="mt-0.5 size-4 shrink-0 text-warning" aria-hidden />
              {unsent}
            </p>
          )}
          {!decidable.approve && decidable.whyNot !== null && (
            <p className="flex min-w-0 flex-1 basis-80 items-start gap-2 text-13">
              <Ban className="mt-0.5 size-4 shrink-0 text-danger" aria-hidden />
              {decidable.whyNot}
            </p>
          )}
          {decidable.requestChanges && (
            <Button
              variant="outline"
              size="lg"
              className="max-sm:px-3"
              disabled={decision.pending}
              onClick={() => choose("request_changes")}
            >
              <MessageSquareWarning aria-hidden />
              Request changes
            </Button>
          )}
          {decidable.reject && (
            <Button
              variant="ghost"
              size="lg"
              className="text-danger max-sm:px-3"
              disabled={decision.pending}
              onClick={() => choose("reject")}
            >
              <X aria-hidden />
              Reject
            </Button>
          )}
          <div className="flex min-w-0 items-center gap-3 text-muted-foreground text-xs md:ml-auto md:flex-1 md:justify-end">
            {decidable.approve && unsent === null && (
              <p className="min-w-0 max-w-md text-balance text-right leading-4 max-xl:hidden">
                {page.approveWords.effect}
                {page.mode === "real" && wantsDeploy && ` Watched for ${page.monitorCalls} calls.`}
              </p>
            )}
            {digest !== null && (
              <CopyButton text={digest} label="Copy the digest that the decision binds to" className="max-sm:hidden">
                <span className="font-mono">digest {digest.slice(0, 8)}</span>
              </CopyButton>
            )}
          </div>
        </section>
      )}
      {/* Beside the bar, which what is being written in it outlives. */}
      {dialog}
      {deploying && decidable.deploy && (
        <Brought
          part={deployDialog}
          page={page}
          pending={later.pending}
          onConfirm={() => later.run({ id: page.id })}
          open
          onOpenChange={setDeploying}
        />
      )}
    </>
  );
}

/** What the button says is long in simulated mode: on a phone it stands in two lines. */
const MANY_WORDS =
  "max-sm:h-auto max-sm:min-h-10 max-sm:shrink max-sm:whitespace-normal max-sm:px-3 max-sm:py-2 max-sm:text-left";

const NEEDS = {
  approve: "approve",
  approve_only: "approve",
  reject: "reject",
  request_changes: "requestChanges",
} as const satisfies Record<Choice, string>;

const CHOICES = ["approve", "approve_only", "reject", "request_changes"] as const satisfies Choice[];

const SAID: Record<Choice, string> = {
  approve: "approved",
  approve_only: "approved",
  reject: "rejected",
  request_changes: "sent back for changes",
};

function simulatedWords({ next }: Pick<DecisionFacts, "next">): string {
  return `Simulated: nothing was written. ${next === null ? "The plan is above." : "The plan is on its page."}`;
}

function approvedWords(number: number, missing: readonly string[]): string {
  return missing.length === 0
    ? `Proposal ${number} is approved.`
    : `Your approval of proposal ${number} is kept: ${missing.join("; ")}.`;
}
