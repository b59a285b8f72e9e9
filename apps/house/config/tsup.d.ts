import type { Options } from "tsup";

/** What every package's build has in common; a package names its entries: `{ index: "src/index.ts" }`. */
export declare const library: (entry: Readonly<Record<string, string>>) => Options;
