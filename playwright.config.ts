import { defineConfig } from "@playwright/test";

// Each spec starts its own server on its own home folder (e2e/server.ts), so specs share nothing.
export default defineConfig({
  testDir: "e2e",
  outputDir: "e2e/.output",
  testMatch: "**/*.spec.ts",
  globalSetup: "./e2e/pages-built.ts",
  fullyParallel: false,
  workers: 2,
  timeout: 180_000,
  expect: { timeout: 30_000 },
  forbidOnly: process.env.CI === "true",
  use: {
    headless: true,
    actionTimeout: 30_000,
    viewport: { width: 1440, height: 900 },
    // Recording a trace takes half as long again as the journey itself: --trace=on makes one of a spec that fails.
    trace: "off",
    launchOptions: {
      executablePath: process.env.CHROMIUM_PATH ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
