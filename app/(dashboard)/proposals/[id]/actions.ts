"use server";
import { defineAction } from "#app/define-action.ts";
import { acceptChanges } from "#lib/commands/accept-changes.ts";
import { commentOnProposal } from "#lib/commands/comment-on-proposal.ts";
import { decideProposal } from "#lib/commands/decide-proposal.ts";
import { deployProposal } from "#lib/commands/deploy-proposal.ts";
import { generateProposal } from "#lib/commands/generate-proposal.ts";
import { mergeProposal } from "#lib/commands/merge-proposal.ts";
import { propose } from "#lib/commands/propose.ts";
import { rerunEvidence } from "#lib/commands/rerun-evidence.ts";
import { resolveComment as resolve } from "#lib/commands/resolve-comment.ts";
import { reviseProposal } from "#lib/commands/revise-proposal.ts";
import { pauseDeployment, promoteDeployment, watchDeployment } from "#lib/commands/steer-deployment.ts";
import { tryInput } from "#lib/commands/try-input.ts";
import { undoAcceptedChanges } from "#lib/commands/undo-accepted-changes.ts";
import { undoDecision } from "#lib/commands/undo-decision.ts";
import { compare } from "#lib/core/comparison.ts";
import type { Deployment } from "#lib/core/deployment.ts";

/** How a deployment ended, with what its last step said. */
function outcomeOf({
  state,
  fromVersion,
  toVersion,
  steps,
}: Pick<Deployment, "state" | "fromVersion" | "toVersion" | "steps">) {
  return { state, fromVersion, toVersion, detail: steps.at(-1)?.detail ?? "" };
}

export const decide = defineAction(decideProposal, {
  answer: ({ id, number, tool, state, missing, deployment }) => ({
    id,
    number,
    tool,
    state,
    missing,
    deployment: deployment === null ? null : outcomeOf(deployment),
  }),
});

export const undo = defineAction(undoDecision, { answer: ({ id, number }) => ({ id, number }) });

export const deploy = defineAction(deployProposal, { answer: outcomeOf });

export const promote = defineAction(promoteDeployment, { answer: ({ toVersion }) => ({ toVersion }) });

export const pause = defineAction(pauseDeployment, { answer: ({ toVersion }) => ({ toVersion }) });

export const watchAgain = defineAction(watchDeployment, { answer: ({ toVersion }) => ({ toVersion }) });

export const mergeOntoActive = defineAction(mergeProposal, { answer: ({ id, number }) => ({ id, number }) });

export const testAgain = defineAction(rerunEvidence, { answer: ({ jobId }) => ({ jobId }) });

export const revise = defineAction(reviseProposal, { answer: ({ revision }) => ({ revision }) });

export const askAgain = defineAction(generateProposal, { answer: ({ id, number }) => ({ id, number }) });

export const proposeAgain = defineAction(propose, { answer: ({ id, number }) => ({ id, number }) });

export const acceptAsIntended = defineAction(acceptChanges, { answer: ({ cases }) => ({ cases }) });

export const takeBackIntended = defineAction(undoAcceptedChanges, { answer: ({ cases }) => ({ cases }) });

export const comment = defineAction(commentOnProposal, { answer: ({ id }) => ({ id }) });
export const resolveComment = defineAction(resolve, { answer: ({ id }) => ({ id }) });

export const tryOwnInput = defineAction(tryInput, {
  answer: (sides) => ({ ...sides, differences: compare(sides.old.output, sides.new.output) }),
  revalidate: () => [],
});
