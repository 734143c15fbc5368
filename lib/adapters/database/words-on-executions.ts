/** What people and agents said of executions: feedback, and cases made from them. */

import { Actor } from "#lib/core/actor.ts";
import type { Feedback, StoredCase } from "#lib/core/execution.ts";
import type { Json } from "#lib/core/json.ts";
import { readEffects } from "#lib/core/tool.ts";
import type { Clock } from "#lib/ports/clock.ts";
import type { ExecutionRepository } from "#lib/ports/executions.ts";
import type { Feedback as FeedbackRow, StoredCase as StoredCaseRow } from "./generated/client.ts";
import { json, jsonbText, maybeJson, storable, type Writer } from "./prisma-client.ts";

/** The newest word counts; more than a page of earlier ones nobody reads. */
const MOST_WORDS = 50;

function feedbackOf(row: FeedbackRow): Feedback {
  return {
    id: row.id,
    executionId: row.executionId,
    tool: row.toolName,
    correct: row.correct,
    ...(row.hasExpected ? { expectedOutput: row.expectedOutput as Json } : {}),
    ...(row.note === null ? {} : { note: row.note }),
    createdAt: row.createdAt,
  };
}

function caseOf(row: StoredCaseRow): StoredCase {
  return {
    id: row.id,
    tool: row.toolName,
    description: row.description,
    input: row.input as Json,
    ...(row.hasExpected ? { expectedOutput: row.expectedOutput as Json } : {}),
    ...(row.shouldThrow === null ? {} : { shouldThrow: row.shouldThrow }),
    effects: readEffects(row.effects),
    ...(row.executionId === null ? {} : { executionId: row.executionId }),
    createdAt: row.createdAt,
  };
}

export function createWordRepository(
  db: Writer,
  clock: Clock,
): Pick<ExecutionRepository, "addFeedback" | "feedback" | "wordsOn" | "addCase" | "cases" | "removeCases"> {
  return {
    async addFeedback(feedback, actor) {
      const row = await db.feedback.create({
        data: {
          id: clock.id(),
          executionId: feedback.executionId,
          toolName: feedback.tool,
          correct: feedback.correct,
          expectedOutput: maybeJson(feedback.expectedOutput),
          hasExpected: feedback.expectedOutput !== undefined,
          note: feedback.note ?? null,
          actor: json(actor),
        },
      });
      return feedbackOf(row);
    },
    async feedback(tool) {
      const rows = await db.feedback.findMany({
        where: { toolName: tool },
        orderBy: [{ createdAt: "desc" }, { id: "desc" }],
      });
      const newest = new Map<string, FeedbackRow>();
      for (const row of rows) if (!newest.has(row.executionId)) newest.set(row.executionId, row);
      return [...newest.values()].map(feedbackOf);
    },
    async wordsOn(executionId) {
      const orderBy = [{ createdAt: "desc" as const }, { id: "desc" as const }];
      const rows = await db.feedback.findMany({ where: { executionId }, orderBy, take: MOST_WORDS });
      return rows.map((row) => {
        const { executionId: _, tool: _tool, ...word } = feedbackOf(row);
        return { ...word, actor: Actor.parse(row.actor) };
      });
    },
    // Not through Prisma's arguments: its copies of a value lose members that are named `__proto__`.
    async addCase({ tool, description, input, expectedOutput, shouldThrow, effects, executionId }, actor) {
      const id = clock.id();
      const expected = expectedOutput === undefined ? null : JSON.stringify(expectedOutput);
      await db.$executeRaw`INSERT INTO "StoredCase"
        ("id", "toolName", "description", "input", "expectedOutput", "hasExpected", "shouldThrow", "effects", "executionId", "actor")
        VALUES (${id}::uuid, ${tool}, ${storable(description)}, ${JSON.stringify(input)}::json, ${expected}::json,
          ${expected !== null}, ${storable(shouldThrow ?? null)}, ${JSON.stringify(effects)}::json,
          ${executionId ?? null}::uuid, ${jsonbText(actor)}::jsonb)`;
      return caseOf(await db.storedCase.findUniqueOrThrow({ where: { id } }));
    },
    async cases(tool) {
      const rows = await db.storedCase.findMany({
        where: { toolName: tool },
        orderBy: [{ createdAt: "asc" }, { id: "asc" }],
      });
      return rows.map(caseOf);
    },
    async removeCases(tool, which) {
      const { count } = await db.storedCase.deleteMany({ where: { toolName: tool, ...which } });
      return count;
    },
  };
}
