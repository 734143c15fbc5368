/** Where each command of the registry is given on a page: what the palette leads to. Reads are the pages themselves. */
import type { Scope } from "#lib/core/words.ts";

export type CommandPlace = {
  /** As the registry names it. */
  readonly name: string;
  readonly label: string;
  readonly href: string;
  readonly scope: Scope;
};

export const COMMAND_PLACES: readonly CommandPlace[] = [
  { name: "tools.call", label: "Call a tool", href: "/tools", scope: "call" },
  { name: "tools.cases.start", label: "Run a tool's cases", href: "/tools", scope: "operate" },
  {
    name: "tools.cases.run",
    label: "Run a tool's cases and wait for them: whetstone cases",
    href: "/tools",
    scope: "operate",
  },
  { name: "tools.cases.remove", label: "Remove a tool's case", href: "/tools", scope: "operate" },
  { name: "tools.settings.change", label: "Change the policy of a tool", href: "/tools", scope: "admin" },
  { name: "tools.rollback", label: "Roll a tool back", href: "/tools", scope: "deploy" },
  {
    name: "versions.import",
    label: "Import versions of a tool: whetstone versions import",
    href: "/tools",
    scope: "operate",
  },
  { name: "executions.feedback", label: "Say that an answer is wrong or right", href: "/executions", scope: "call" },
  { name: "executions.case", label: "Make a test case of a call", href: "/executions", scope: "operate" },
  { name: "executions.replay", label: "Replay a call", href: "/executions", scope: "operate" },
  { name: "executions.import", label: "Import calls: whetstone import", href: "/executions", scope: "operate" },
  { name: "detect", label: "Look for problems now", href: "/opportunities", scope: "operate" },
  {
    name: "opportunities.change",
    label: "Dismiss, snooze or assign a problem",
    href: "/opportunities",
    scope: "operate",
  },
  { name: "opportunities.generate", label: "Have a fix written", href: "/opportunities", scope: "operate" },
  { name: "proposals.create", label: "Propose a change: whetstone propose", href: "/proposals", scope: "operate" },
  { name: "proposals.revise", label: "Edit a proposed change", href: "/proposals", scope: "operate" },
  { name: "proposals.comment", label: "Comment on a proposal", href: "/proposals", scope: "operate" },
  { name: "proposals.comments.resolve", label: "Resolve a comment", href: "/proposals", scope: "operate" },
  { name: "proposals.test", label: "Test a proposal again", href: "/proposals", scope: "operate" },
  { name: "proposals.try", label: "Try an input on old and new", href: "/proposals", scope: "operate" },
  { name: "proposals.decide", label: "Approve, reject or request changes", href: "/proposals", scope: "approve" },
  {
    name: "proposals.accept_changes",
    label: "Accept changed answers as intended",
    href: "/proposals",
    scope: "operate",
  },
  {
    name: "proposals.undo_accepted_changes",
    label: "Take back that answers are right",
    href: "/proposals",
    scope: "operate",
  },
  { name: "proposals.merge", label: "Merge a proposal onto the active version", href: "/proposals", scope: "operate" },
  { name: "proposals.undo", label: "Take a decision back", href: "/proposals", scope: "approve" },
  { name: "proposals.withdraw", label: "Withdraw a proposal", href: "/proposals", scope: "operate" },
  { name: "proposals.deploy", label: "Deploy an approved proposal", href: "/proposals", scope: "deploy" },
  { name: "deployments.promote", label: "End a watch: healthy", href: "/proposals", scope: "deploy" },
  { name: "deployments.pause", label: "Stop a watch", href: "/proposals", scope: "deploy" },
  { name: "deployments.watch", label: "Watch a version again", href: "/proposals", scope: "deploy" },
  { name: "deployments.abort", label: "End a watch: roll back", href: "/proposals", scope: "deploy" },
  { name: "sync.resolve", label: "Settle a file: take, put back or merge", href: "/sync", scope: "deploy" },
  { name: "sync.undo", label: "Take back how a file was settled", href: "/sync", scope: "deploy" },
  { name: "jobs.cancel", label: "Stop long work", href: "/opportunities", scope: "operate" },
  { name: "settings.change", label: "Change mode, policy or model", href: "/settings", scope: "admin" },
  { name: "secrets.set", label: "Set a secret of tools", href: "/settings#secrets", scope: "admin" },
  { name: "secrets.delete", label: "Delete a secret of tools", href: "/settings#secrets", scope: "admin" },
  { name: "keys.create", label: "Make a key for an agent or a person", href: "/settings#keys", scope: "admin" },
  { name: "keys.revoke", label: "Take a key back", href: "/settings#keys", scope: "admin" },
  { name: "sign-in", label: "Sign in a browser: whetstone sign-in", href: "/settings#keys", scope: "admin" },
];
