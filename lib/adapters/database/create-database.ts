/** The database port over PostgreSQL. */
import { Client } from "pg";
import type { Clock } from "#lib/ports/clock.ts";
import type { Database, Repositories } from "#lib/ports/database.ts";
import { type Asking, askingOn } from "./asking.ts";
import { keepHoursCounted } from "./calls-by-hour.ts";
import { createDeploymentRepository } from "./deployments.ts";
import { CHANNEL, createEventListener } from "./events.ts";
import { createExecutionWriter } from "./execution-writer.ts";
import { createExecutionRepository } from "./executions.ts";
import { importRows } from "./import-rows.ts";
import { createJobRepository } from "./jobs.ts";
import { createKnownKeys } from "./known-keys.ts";
import { createObservationRepository } from "./observations.ts";
import { createOpportunityRepository } from "./opportunities.ts";
import { keepPartitionsAhead } from "./partitions.ts";
import { openedAs, PipelinedTransaction } from "./pipelined.ts";
import { connect, type Writer } from "./prisma-client.ts";
import { createProposalRepository } from "./proposals.ts";
import { publishGrouped } from "./publish-grouped.ts";
import {
  createAccessRepository,
  createAuditRepository,
  createKeyValueRepository,
  createSettingsRepository,
} from "./records.ts";
import { REPEATABLE } from "./repeatable.ts";
import { keepRetention } from "./retention.ts";
import { createSecretRepository } from "./secrets.ts";
import { createShadowRepository } from "./shadow-calls.ts";
import { shareAnswers } from "./share-answers.ts";
import { createToolRepository, createVersionRepository } from "./tools.ts";
import { patientReads, withPatience } from "./with-patience.ts";

const NOTIFY = "SELECT pg_notify($1, payload) FROM unnest($2::text[]) AS payload";

/**
 * Opens a migrated database.
 * @param options.url a PostgreSQL address; `clock` gives identities and times
 */
export async function createDatabase(options: { url: string; clock: Clock }): Promise<Database> {
  const { url, clock } = options;
  const { prisma, pool, copying } = connect(url);
  const writer = createExecutionWriter(url);
  const bulk: Pick<Database["executions"], "record" | "import"> = {
    record: (execution) => writer.write(execution),
    import: (executions) => importRows(copying, clock, executions),
  };
  const events = await createEventListener(url);
  const stopKeeping = keepPartitionsAhead(pool);
  const stopCounting = keepHoursCounted(pool);
  const stopForgetting = keepRetention(pool, () => clock.now());

  function repositories(db: Writer, asking: Asking): Repositories {
    return {
      tools: createToolRepository(db, asking),
      versions: createVersionRepository(db, asking),
      executions: createExecutionRepository(asking.query, db, bulk, clock),
      opportunities: createOpportunityRepository(db, clock),
      proposals: createProposalRepository(db, asking, clock),
      deployments: createDeploymentRepository(db, asking, clock),
      audit: createAuditRepository(db, asking, clock),
      settings: createSettingsRepository(db, asking),
      jobs: createJobRepository(db, clock),
      keyValues: createKeyValueRepository(db),
      observations: createObservationRepository(db),
      shadow: createShadowRepository(db),
      secrets: createSecretRepository(db, clock),
      access: createAccessRepository(db, clock),
    };
  }

  const plain = repositories(prisma, askingOn(pool));
  // A server that is away for a moment, or one that cut its connections, must fail no call and no page.
  const own = Object.fromEntries(
    Object.entries(plain).map(([name, repository]) => [
      name,
      patientReads<object>(repository, REPEATABLE[name as keyof Repositories]),
    ]),
  ) as typeof plain;
  // Each call asks for its key and tells that it ran: under load they would be most of what the database does.
  const keys = createKnownKeys(
    shareAnswers((hash) => own.access.findKeyByHash(hash)),
    events.subscribe,
  );
  const database: Database = {
    ...own,
    access: {
      ...own.access,
      findKeyByHash: keys.find,
      async revokeKey(id) {
        await own.access.revokeKey(id);
        keys.forget(id);
      },
    },
    publish: publishGrouped(async (events) => {
      const payloads = events.map((event) => JSON.stringify(event));
      await pool.query({ name: "notify", text: NOTIFY, values: [CHANNEL, payloads] });
    }),
    // Numbering needs the lock and the insert in one transaction; a snapshot is written with all of its cases.
    versions: {
      ...own.versions,
      add: (version) => database.transaction((inner) => inner.versions.add(version)),
    },
    settings: { ...own.settings, set: (change) => database.transaction((inner) => inner.settings.set(change)) },
    proposals: {
      ...own.proposals,
      addRevision: (id, revision) => database.transaction((inner) => inner.proposals.addRevision(id, revision)),
      addEvidence: (evidence, cases) => database.transaction((inner) => inner.proposals.addEvidence(evidence, cases)),
    },
    together: (work) =>
      withPatience(async () => {
        const client = await pool.connect();
        // A connection that breaks fails what was asked on it; it must not end the process.
        const ignore = (): void => {};
        client.on("error", ignore);
        try {
          return await work(repositories(prisma, askingOn(client)));
        } finally {
          client.removeListener("error", ignore);
          client.release();
        }
      }),
    async transaction(work) {
      const revoked: string[] = [];
      let current = new PipelinedTransaction();
      const carryOut = (db: Writer, asking: Asking) => {
        const inside = repositories(db, asking);
        const inner: Database = {
          ...inside,
          access: {
            ...inside.access,
            async revokeKey(id) {
              revoked.push(id);
              await inside.access.revokeKey(id);
            },
          },
          // Nothing is heard before the commit, and the same event is heard once.
          publish: (event) => asking.send(NOTIFY, [CHANNEL, [JSON.stringify(event)]]),
          together: (reads) => reads(inner),
          // A transaction inside a transaction is the same one.
          transaction: (nested) => nested(inner),
          subscribe: events.subscribe,
          ready: database.ready,
          close: database.close,
        };
        return work(inner);
      };
      // A transaction that could not begin has done nothing: it alone may be tried again, and so may be its work.
      const answer = await withPatience(
        () => {
          current = new PipelinedTransaction();
          return openedAs(current, () => prisma.$transaction((db) => carryOut(db, current)));
        },
        () => current.leftNoTrace,
      );
      // Not before the commit: until then the key still opens, and whoever asked would be told so.
      for (const id of revoked) keys.forget(id);
      return answer;
    },
    subscribe: events.subscribe,
    async ready() {
      try {
        await pool.query(`SELECT 1 FROM "_prisma_migrations" LIMIT 1`);
        return true;
      } catch {
        return false;
      }
    },
    async close() {
      stopKeeping();
      stopCounting();
      stopForgetting();
      await writer.close();
      await events.close();
      await prisma.$disconnect();
      for (const one of [pool, copying]) if (!one.ended) await one.end();
    },
  };
  return database;
}

/** Names come from the program, never from a request; what is not plain is refused all the same. */
function quoted(name: string): string {
  if (!/^[a-z][a-z0-9_]{0,62}$/.test(name)) throw new Error(`"${name}" is no name for a database`);
  return `"${name}"`;
}

async function onServer<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  client.on("error", () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Makes a database on the same server where it is missing, from a template if one is named; answers its address. */
export async function ensureDatabase(url: string, name: string, template?: string): Promise<string> {
  await onServer(url, async (client) => {
    const found = await client.query("SELECT 1 FROM pg_database WHERE datname = $1", [name]);
    if (found.rowCount === 0)
      await client.query(
        `CREATE DATABASE ${quoted(name)}${template === undefined ? "" : ` TEMPLATE ${quoted(template)}`}`,
      );
  });
  const address = new URL(url);
  address.pathname = `/${name}`;
  return address.href;
}

/** Drops a database of the same server, with the connections to it. */
export async function dropDatabase(url: string, name: string): Promise<void> {
  await onServer(url, (client) => client.query(`DROP DATABASE IF EXISTS ${quoted(name)} WITH (FORCE)`));
}
