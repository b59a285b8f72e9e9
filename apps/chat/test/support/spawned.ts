import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";

const MAIN = join(import.meta.dirname, "../../dist/server/main.js");

/** The built server as a process of its own, as `npm start` runs it. */
export class Spawned {
  output = "";
  readonly #child: ChildProcess;
  readonly #exit: Promise<{ code: number | null; signal: string | null }>;
  #heard: () => void = () => {};

  constructor(env: Record<string, string>) {
    const inherited = Object.entries(process.env).filter(
      ([name]) => name !== "PORT" && name !== "HOST" && !name.startsWith("SKEIN_"),
    );
    this.#child = spawn(process.execPath, [MAIN], { env: { ...Object.fromEntries(inherited), ...env } });
    const hear = (chunk: Buffer) => {
      this.output += chunk.toString();
      this.#heard();
    };
    this.#child.stdout?.on("data", hear);
    this.#child.stderr?.on("data", hear);
    this.#exit = new Promise((resolve) => this.#child.on("close", (code, signal) => resolve({ code, signal })));
  }

  /** Waits until the output has this. @throws if the process ends without */
  async says(words: RegExp): Promise<RegExpMatchArray> {
    for (;;) {
      const match = this.output.match(words);
      if (match) return match;
      const heard = new Promise<void>((resolve) => {
        this.#heard = resolve;
      });
      const exit = await Promise.race([heard, this.#exit]);
      if (exit && !words.test(this.output))
        throw new Error(`The server ended (${exit.code}) without saying ${words}:\n${this.output}`);
    }
  }

  /** Where it is, once it is ready. */
  async url(): Promise<string> {
    return (await this.says(/ready at (http:\S+)/))[1] as string;
  }

  /** Closes the reading end of its output: what it writes from now on fails. */
  closeOutput(): void {
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  exit(): Promise<{ code: number | null; signal: string | null }> {
    return this.#exit;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#exit;
  }
}
