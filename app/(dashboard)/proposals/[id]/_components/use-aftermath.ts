"use client";
import { useRouter } from "next/navigation";
import { useRef } from "react";
import { type ExternalToast, toast } from "#app/_ui/toast.ts";
import { useAction } from "#app/_ui/use-action.ts";
import type { Deployment } from "#lib/core/deployment.ts";
import { rememberDecision, type Undoable } from "../../../_components/last-decision.ts";
import { rollBack } from "../../../_components/roll-back-action.ts";
import { undo as undoDecision } from "../actions.ts";

export type Decided = {
  readonly id: string;
  readonly number: number;
  readonly tool: string;
  /** In words: "approved", "rejected". */
  readonly what: string;
};

export type Outcome = Pick<Deployment, "state" | "fromVersion" | "toVersion"> & { readonly detail: string };

/** What is said of a decision last takes the place of what was said of it before, whose Undo would undo nothing more. */
const noticeOf = (proposalId: string): string => `decided ${proposalId}`;

/** For what is said when a decision is undone: in the place of its notice, without what that offered. */
export function insteadOfDecided(proposalId: string): ExternalToast {
  return { id: noticeOf(proposalId), action: undefined, cancel: undefined };
}

/**
 * What follows a decision: a notice with an undo, the same under `.`, and the next waiting proposal.
 * @param next the proposal that waits next; null leaves the page where it is
 */
export function useAftermath(next: string | null) {
  const router = useRouter();
  const taken = useAction(undoDecision, {
    onDone: ({ id, number }) => {
      toast.success(`The decision on proposal ${number} is taken back.`, insteadOfDecided(id));
      router.push(`/proposals/${id}`);
    },
  });
  /** The proposal whose deployment is being undone. */
  const deployed = useRef("");
  const rolled = useAction(rollBack, {
    onDone: ({ state, toVersion }) => {
      const notice = insteadOfDecided(deployed.current);
      if (state === "done") toast.success(`Version ${toVersion} is active again.`, notice);
      else toast.error("The rollback failed and was undone: nothing has changed.", notice);
    },
  });

  function remember(undoable: Undoable, notice: { id: string; title: string; show: boolean }): void {
    rememberDecision(undoable);
    const options: ExternalToast = {
      id: noticeOf(notice.id),
      action: {
        label: "Undo",
        onClick: () => {
          rememberDecision(null);
          undoable.undo();
        },
      },
      cancel: notice.show ? { label: "Show it", onClick: () => router.push(`/proposals/${notice.id}`) } : undefined,
    };
    toast.success(notice.title, options);
  }

  /** Goes to the next waiting proposal, or up to where this page says what came of it. */
  function goOn(): void {
    if (next === null) window.scrollTo({ top: 0 });
    else router.push(`/proposals/${next}`);
  }

  return {
    /** A decision that nothing was deployed by. */
    decided({ id, number, what }: Decided, title: string): void {
      remember(
        {
          question: `Take the decision on proposal ${number} back?`,
          effect: `It was ${what}; it waits for its review again.`,
          button: "Take it back",
          asks: false,
          undo: () => taken.run({ id }),
        },
        { id, title, show: next !== null },
      );
      goOn();
    },
    /** A deployment that followed; the panel on the page has its steps. */
    deployed({ id, tool }: Decided, { state, fromVersion, toVersion, detail }: Outcome): void {
      if (state !== "done") {
        toast.error(`Deploying version ${toVersion} was undone.`, { description: detail });
        window.scrollTo({ top: 0 });
        return;
      }
      const title = `Version ${toVersion} of ${tool} is live.`;
      if (fromVersion === null) toast.success(title);
      else
        remember(
          {
            question: `Roll ${tool} back to version ${fromVersion}?`,
            effect: `Version ${toVersion} just went live. Its file is backed up and replaced, and calls use version ${fromVersion} at once.`,
            button: "Roll back",
            asks: true,
            undo: () => {
              deployed.current = id;
              rolled.run({ name: tool, version: fromVersion, reason: "undid the deployment" });
            },
          },
          { id, title, show: next !== null },
        );
      goOn();
    },
  };
}
