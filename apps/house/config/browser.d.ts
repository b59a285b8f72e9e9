import type { Browser } from "playwright-core";

/** Starts a Chromium that comes from an npm package; the first time it is unpacked, which takes some seconds. */
export declare const launchBrowser: () => Promise<Browser>;
