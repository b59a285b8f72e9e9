import type { Options } from "tsup";

/**
 * What every package's build has in common; a package names its entries: `{ index: "src/index.ts" }`.
 *
 * @param lib What its types need beside ES2022: users get it with them, whatever their own `lib` says.
 */
export declare const library: (entry: Readonly<Record<string, string>>, lib?: string) => Options;
