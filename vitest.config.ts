import { defineConfig } from "vitest/config";

// Unit tests need no database; integration tests (*.integration.test.ts) start one, or use DATABASE_URL.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["lib/**/*.test.ts", "app/**/*.test.ts", "bench/**/*.test.ts"],
          exclude: ["**/*.integration.test.ts"],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: "integration",
          include: ["lib/**/*.integration.test.ts"],
          globalSetup: ["lib/testing/postgres.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
    // Files of a worker share its modules: to load them anew for each took a third of the run. What a test sets, it takes back.
    isolate: false,
    execArgv: ["--no-node-snapshot"],
    maxWorkers: 2,
  },
});
