import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface Program {
  /** Its path in `folder`; what begins with `node/` needs Node's modules. */
  readonly name: string;
  /** What stands in the comment at its end. */
  readonly prints: string;
}

export const folder: string = join(import.meta.dirname, "../programs");

export const programs: readonly Program[] = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".js") && !name.startsWith("support"))
  .map((name) => {
    const prints = /\/\* prints:\n((?:.|\n)*)\*\/\n$/.exec(readFileSync(join(folder, name), "utf8"))?.[1];
    if (prints === undefined) throw new Error(`${name} does not end with what it prints: /* prints: … */`);
    return { name, prints };
  });
