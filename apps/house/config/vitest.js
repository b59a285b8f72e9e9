import { defineConfig } from "vitest/config";

/** What every package's tests have in common. The JSON report is what `npm test` counts. */
export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 120_000, // for what hangs: the longest tests take 20 s, and more on a busy machine
    reporters: ["default", ["json", { outputFile: "temp/tests.json" }]],
  },
});
