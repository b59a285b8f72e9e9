/** Where the server writes what happens, a line each. */
export type Journal = (line: string) => void;

/** Lines with the time of day, to standard output. */
export function consoleJournal(now: () => Date = () => new Date()): Journal {
  return (line) => console.log(`${now().toISOString().slice(11, 23)} ${line}`);
}

/** `1 token`, `2 tokens`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
