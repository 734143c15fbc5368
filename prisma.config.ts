import { defineConfig } from "prisma/config";

// The CLI wants a schema engine binary even where it never runs one (docs/decisions: migrations at run time).
process.env["PRISMA_SCHEMA_ENGINE_BINARY"] ??= "/bin/true";

export default defineConfig({
  schema: "prisma/schema",
  migrations: { path: "prisma/migrations" },
});
