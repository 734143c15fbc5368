/** `npm run drift`: what the migrations make must be what the schema says. `… create NAME` writes the next migration, `… check URL` looks at a database as it is. */

import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { PrismaPg } from "@prisma/adapter-pg";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import { dropDatabase, ensureDatabase } from "./create-database.ts";
import { startEmbeddedPostgres } from "./embedded-postgres.ts";
import { migrate } from "./migrate.ts";

const SCHEMA_FOLDER = fileURLToPath(new URL("../../../prisma/schema", import.meta.url));
const MIGRATIONS = fileURLToPath(new URL("../../../prisma/migrations", import.meta.url));

type SchemaFile = { path: string; content: string };
type Engine = {
  diff(params: object): Promise<{ stdout: string | null; exitCode: number }>;
};

/** What Prisma's schema cannot say, and which therefore is no drift: a key with more columns beside it. */
const BEYOND_THE_SCHEMA = [
  /^ALTER TABLE "Execution" DROP CONSTRAINT "Execution_pkey",\nADD CONSTRAINT "Execution_pkey" PRIMARY KEY \("startedAt", "id"\);$/,
];

type Query = { sql: string };
type Adapter = {
  queryRaw(query: Query): Promise<{ columnTypes: number[] }>;
  performIO(query: Query): Promise<{ fields: { dataTypeID: number }[] }>;
};

const ONE_BYTE_CHAR = 18;
const TEXT = 25;
/** `ColumnTypeEnum.Character` of the driver adapters. */
const CHARACTER = 6;

/** An adapter that reads PostgreSQL's one-byte "char", which catalogues are full of and the adapter does not know. */
function withChar(factory: PrismaPg): PrismaPg {
  const connect = factory.connect.bind(factory);
  factory.connect = async () => {
    const adapter = await connect();
    const raw = adapter as unknown as Adapter;
    const chars = new WeakMap<Query, number[]>();
    const performIO = raw.performIO.bind(raw);
    raw.performIO = async (query) => {
      const result = await performIO(query);
      const found = result.fields.flatMap((field, index) => (field.dataTypeID === ONE_BYTE_CHAR ? [index] : []));
      for (const index of found) Object.assign(result.fields[index] ?? {}, { dataTypeID: TEXT });
      chars.set(query, found);
      return result;
    };
    const queryRaw = raw.queryRaw.bind(raw);
    raw.queryRaw = async (query) => {
      const result = await queryRaw(query);
      for (const index of chars.get(query) ?? []) result.columnTypes[index] = CHARACTER;
      return result;
    };
    return adapter;
  };
  return factory;
}

// The package's own entry imports WebAssembly as a module, which Node does not load without a flag.
async function openEngine(url: string, files: SchemaFile[]): Promise<Engine> {
  const folder = dirname(createRequire(import.meta.url).resolve("@prisma/schema-engine-wasm"));
  const glue = (await import(pathToFileURL(join(folder, "schema_engine_bg.js")).href)) as {
    __wbg_set_wasm(exports: unknown): void;
    SchemaEngine: { new: (options: object, log: () => void, adapter: object) => Promise<Engine> };
  };
  const wasm = readFileSync(join(folder, "schema_engine_bg.wasm"));
  const { instance } = await WebAssembly.instantiate(wasm, {
    "./schema_engine_bg.js": glue as unknown as WebAssembly.ModuleImports,
  });
  glue.__wbg_set_wasm(instance.exports);
  (instance.exports as { __wbindgen_start(): void }).__wbindgen_start();
  const datamodels = files.map(({ path, content }) => [path, content]);
  return glue.SchemaEngine.new(
    { datamodels },
    () => {},
    bindMigrationAwareSqlAdapterFactory(withChar(new PrismaPg({ connectionString: url }))),
  );
}

function readSchema(): SchemaFile[] {
  return readdirSync(SCHEMA_FOLDER)
    .filter((file) => file.endsWith(".prisma"))
    .map((file) => ({ path: join(SCHEMA_FOLDER, file), content: readFileSync(join(SCHEMA_FOLDER, file), "utf8") }));
}

/**
 * The statements that would bring a migrated database to the schema.
 * @param url a migrated database; `files` the schema to hold it against
 * @returns nothing where they are the same
 */
export async function findDrift(url: string, files: SchemaFile[] = readSchema()): Promise<string[]> {
  const engine = await openEngine(url, files);
  const filters = { externalTables: ["public._prisma_migrations"], externalEnums: [] };
  const from = { tag: "schemaDatasource", files, configDir: SCHEMA_FOLDER };
  const { stdout } = await engine.diff({
    from,
    to: { tag: "schemaDatamodel", files },
    script: true,
    exitCode: null,
    filters,
  });
  return (stdout ?? "")
    .split(/\n\n/)
    .map((block) => block.replace(/^-- .*$/gm, "").trim())
    .filter((statement) => statement !== "" && !BEYOND_THE_SCHEMA.some((allowed) => allowed.test(statement)));
}

function report(drift: readonly string[]): number {
  for (const statement of drift) process.stderr.write(`${statement}\n\n`);
  process.stdout.write(
    drift.length === 0 ? "drift: none\n" : `drift: ${drift.length} statements are missing from the migrations\n`,
  );
  return drift.length === 0 ? 0 : 1;
}

async function main(words: string[]): Promise<number> {
  if (words[0] === "check" && words[1] !== undefined) return report(await findDrift(words[1]));
  const given = process.env.DATABASE_URL;
  const home = given ? null : await mkdtemp(join(tmpdir(), "whetstone-drift-"));
  if (home !== null) await chmod(home, 0o755);
  const server = home === null ? null : await startEmbeddedPostgres({ home });
  const address = given || (server?.url ?? "");
  const name = `whetstone_drift_${randomBytes(6).toString("hex")}`;
  try {
    const url = await ensureDatabase(address, name);
    await migrate({ url });
    const drift = await findDrift(url);
    if (words[0] === "create" && words[1] !== undefined) {
      if (drift.length === 0) {
        process.stdout.write("drift: none, so there is no migration to write\n");
        return 0;
      }
      const stamp = new Date().toISOString().replace(/\D/g, "").slice(0, 14);
      const folder = join(MIGRATIONS, `${stamp}_${words[1].replace(/\W+/g, "_")}`);
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, "migration.sql"), `${drift.join("\n\n")}\n`);
      process.stdout.write(`drift: wrote ${folder}\n`);
      return 0;
    }
    return report(drift);
  } finally {
    await dropDatabase(address, name);
    await server?.stop();
    if (home !== null) await rm(home, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exit(await main(process.argv.slice(2)));
