import { bridge, currentScheduler } from "@skein/future";

/**
 * A log of what happens in a test, each entry with the time and the task, to be compared as a whole: a flag tells that
 * something happened, a log also when, in which order, and what else.
 *
 * @example
 * ```ts
 * import { sleep } from "@skein/coroutine";
 * import { EventLog, runTest } from "@skein/coroutine/testing";
 *
 * const log = new EventLog();
 * await runTest(function* main(root) {
 *   root.spawn(function* worker() {
 *     yield* sleep(5);
 *     log.add("done");
 *   });
 *   log.add("spawned");
 * });
 * log.expect(["0 main: spawned", "5 worker: done"]);
 * ```
 */
export class EventLog {
  /** What was added, in order: `5 worker: done`; without a name outside any task. */
  readonly lines: string[] = [];

  /** Adds an entry. */
  add(text: string): void {
    const { running } = bridge;
    const nowMs = (running?.loop ?? currentScheduler()).now();
    this.lines.push(`${nowMs} ${running === null ? "" : `${running.name}: `}${text}`);
  }

  /** @throws {Error} If the log is not exactly `expected`, with both and the first difference. */
  expect(expected: readonly string[]): void {
    const { lines } = this;
    const at = Array.from({ length: Math.max(lines.length, expected.length) }, (_, i) => i).find(
      (i) => lines[i] !== expected[i],
    );
    if (at === undefined) return;
    throw this.differs(`line ${at + 1} is ${quote(lines[at])}, not ${quote(expected[at])}`);
  }

  /** @throws {Error} If these do not all stand in the log in this order; others may stand between them. */
  expectInOrder(expected: readonly string[]): void {
    let from = 0;
    for (const line of expected) {
      const at = this.lines.indexOf(line, from);
      if (at < 0) throw this.differs(`${quote(line)} does not come${from === 0 ? "" : ` after line ${from}`}`);
      from = at + 1;
    }
  }

  private differs(how: string): Error {
    return new Error(`The log is not as expected: ${how}\n${this.lines.map((line) => `  ${line}`).join("\n")}`);
  }
}

const quote = (line: string | undefined): string => (line === undefined ? "missing" : JSON.stringify(line));
