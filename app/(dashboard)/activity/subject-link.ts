/** Where the subject of an audit row is looked at. Pure. */
import type { AuditEntry } from "#lib/core/version.ts";

/** The page of a subject, or null where there is none. */
export function hrefOf({ subject, tool }: Pick<AuditEntry, "subject" | "tool">): string | null {
  switch (subject.kind) {
    case "proposal":
      return `/proposals/${subject.id}`;
    case "opportunity":
      return `/opportunities/${subject.id}`;
    case "execution":
      return `/executions/${subject.id}`;
    case "settings":
    case "key":
      return "/settings";
    case "demo":
      return "/demo";
    case "deployment":
    case "version":
      return tool === null ? null : `/tools/${tool}/versions`;
    case "tool":
    case "case":
      return tool === null ? null : `/tools/${tool}`;
    default:
      return null;
  }
}
