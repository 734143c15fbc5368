/** The legal moves of a proposal, as data, and the one way to make a move. */
import type { Actor } from "#lib/core/actor.ts";
import { isPursued, maySolve } from "#lib/core/opportunity.ts";
import { Problem } from "#lib/core/problem.ts";
import type { Proposal } from "#lib/core/proposal.ts";
import { inWords, type ProposalState } from "#lib/core/words.ts";
import type { Database } from "#lib/ports/database.ts";

/** Who may make a move: `person` covers API keys, since a key acts for somebody outside; `either` is anyone. */
export type Mover = "person" | "machine" | "either";

type Moves = Partial<Record<ProposalState, Mover>>;

/** From each state, where a proposal may go and who may take it there. The pipeline README draws it. */
export const transitionTable: Readonly<Record<ProposalState, Moves>> = {
  generating: { testing: "either", no_fix: "machine", cancelled: "either" },
  no_fix: { generating: "either", cancelled: "either", rejected: "person" },
  // Testing again while testing: a new revision came in, and the tests of the old one are void.
  testing: { awaiting_review: "machine", testing: "either", cancelled: "either" },
  awaiting_review: {
    testing: "either",
    changes_requested: "person",
    // The approve room lets a machine approve only what policy allows.
    approved: "either",
    rejected: "person",
    stale: "machine",
    cancelled: "either",
  },
  // Back to awaiting_review: whoever decided took it back.
  changes_requested: {
    generating: "either",
    testing: "either",
    cancelled: "either",
    rejected: "person",
    awaiting_review: "person",
  },
  approved: {
    deploying: "either",
    simulated: "either",
    stale: "machine",
    rejected: "person",
    testing: "either",
    awaiting_review: "person",
    // An approved edit of a file that was dropped or taken is nobody's to deploy any more.
    cancelled: "machine",
  },
  simulated: {
    approved: "either",
    stale: "machine",
    rejected: "person",
    awaiting_review: "person",
    cancelled: "machine",
  },
  // Back to approved: the deployment failed and was undone.
  deploying: { deployed: "either", approved: "either", rolled_back: "either" },
  deployed: { monitoring: "either", rolled_back: "either" },
  // The watch says so, or a person where it could not tell.
  monitoring: { stable: "either", rolled_back: "either" },
  stable: { rolled_back: "either" },
  stale: { testing: "either", rejected: "person", cancelled: "either" },
  // Its version was made active again: somebody took the rollback back.
  rolled_back: { deployed: "either" },
  rejected: { awaiting_review: "person" },
  // An edit that was dropped, or saved over, is on disk again.
  cancelled: { testing: "machine" },
};

/** Whether a proposal may go from one state to another at all. */
export function canMove(from: ProposalState, to: ProposalState): boolean {
  return transitionTable[from][to] !== undefined;
}

/** Whether this actor may take a proposal from one state to another. */
export function mayMove(from: ProposalState, to: ProposalState, actor: Actor): boolean {
  const mover = transitionTable[from][to];
  if (mover === undefined) return false;
  return mover === "either" || mover === (actor.kind === "machine" ? "machine" : "person");
}

export type ProposalMove = {
  readonly id: string;
  readonly to: ProposalState;
  readonly actor: Actor;
  readonly reason: string;
  /** Position in the log that the mover saw; a proposal that moved on since is left alone. */
  readonly seen?: number | undefined;
  /** The proposal as it was just read: it is not read again, and a log that moved on since refuses the move all the same, and whoever catches that has to leave the transaction. */
  readonly known?: Proposal | undefined;
};

/**
 * Appends a transition with its audit row and tells the pages, all or nothing. Answers the proposal as it then stands.
 * @throws Problem `not_found`; `conflict` for an illegal move, a mover who may not, or a log that moved on
 */
export async function moveProposal(database: Database, move: ProposalMove): Promise<Proposal> {
  const { id, to, actor, reason } = move;
  return database.transaction(async (tx) => {
    const proposal = move.known ?? (await tx.proposals.find(id));
    if (proposal === null) throw new Problem("not_found", `There is no proposal ${id}.`);
    const from = proposal.state;
    if (move.seen !== undefined && move.seen !== proposal.sequence) throw movedOn(proposal);
    if (!canMove(from, to))
      throw new Problem(
        "conflict",
        `Proposal ${proposal.number} is ${inWords(from)} and cannot become ${inWords(to)}: look at it again, then decide.`,
        { state: from, to, allowed: Object.keys(transitionTable[from]) },
      );
    if (!mayMove(from, to, actor))
      throw new Problem(
        "conflict",
        `Proposal ${proposal.number} is ${inWords(from)} and becomes ${inWords(to)} only by a ${transitionTable[from][to]}, not by ${actor.name}: look at it again, then decide.`,
        { state: from, to },
      );
    const turns = turnsOpportunity(proposal, to);
    const moving = tx.proposals.transition(id, { seen: proposal.sequence, from, to, actor, reason });
    // Who goes on after a refusal reads the proposal again; what is told of a known one goes along with its move.
    if (move.known === undefined && (await moving) === null) throw movedOn(proposal);
    const [moved] = await Promise.all([
      moving,
      tx.audit.append({
        actor,
        verb: `proposal.${to}`,
        tool: proposal.tool,
        subject: { kind: "proposal", id },
        summary: `Proposal ${proposal.number} of ${proposal.tool}: ${inWords(from)} → ${inWords(to)}${reason === "" ? "" : `. ${reason}`}`,
      }),
      tx.publish({ kind: "proposal", id, tool: proposal.tool }),
    ]);
    if (moved === null) throw movedOn(proposal);
    if (turns) await turnOpportunity(tx, proposal, actor);
    return { ...proposal, state: to, sequence: moved.sequence };
  });
}

/** Whether a move may begin or end the work on an opportunity. What a stable fix has solved, detection finds by the calls. */
function turnsOpportunity({ opportunityId, state: from }: Proposal, to: ProposalState): boolean {
  if (opportunityId === undefined || to === "stable") return false;
  return maySolve(to) ? !maySolve(from) : true;
}

/** An opportunity is in progress while a proposal may solve it, and open where none does; what was put aside stays so. */
export async function turnOpportunity(tx: Database, { opportunityId, tool }: Proposal, actor: Actor): Promise<void> {
  if (opportunityId === undefined) return;
  const [opportunity, proposals] = await Promise.all([
    tx.opportunities.find(opportunityId),
    tx.proposals.list({ opportunityId }, { limit: 50 }),
  ]);
  const state = isPursued(proposals.items) ? "in_progress" : "open";
  const other = state === "open" ? "in_progress" : "open";
  // Whoever moves a proposal may hold the tool's lock elsewhere: only what still is as it was read is turned.
  if (opportunity === null || !(await tx.opportunities.turn(opportunityId, other, state))) return;
  await Promise.all([
    tx.audit.append({
      actor,
      verb: state === "open" ? "opportunity.reopened" : "opportunity.pursued",
      tool,
      subject: { kind: "opportunity", id: opportunityId },
      summary: `The opportunity "${opportunity.kind}" of ${tool} is ${state === "open" ? "open again: no fix is under way" : "in progress again"}`,
    }),
    tx.publish({ kind: "opportunity", id: opportunityId, tool }),
  ]);
}

function movedOn(proposal: Proposal): Problem {
  return new Problem(
    "conflict",
    `Proposal ${proposal.number} moved on meanwhile and is ${inWords(proposal.state)}: look at it again, then decide.`,
    { state: proposal.state, sequence: proposal.sequence },
  );
}
