import type { ViteUserConfig } from "vitest/config";

/** What every package's tests have in common. The JSON report (`temp/tests.json`) is what `npm test` counts. */
declare const config: ViteUserConfig;
export default config;
