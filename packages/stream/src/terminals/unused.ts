import { MisuseError, type Scheduler } from "@skein/coroutine";

interface Note {
  readonly scheduler: Scheduler;
  readonly name: string;
  /** As text: an Error would keep the frames of its stack alive, and with them the terminal. */
  readonly scheduledAt: string;
}

let registry: FinalizationRegistry<Note> | undefined;

/**
 * On a loop with `debug`, remembers where `terminal` was made, and reports it when it is gone without ever having
 * been used: it was most likely meant to be awaited. Only then is it certain that nobody will.
 */
export function watchUse(terminal: object, name: string, scheduler: Scheduler): void {
  if (scheduler.debug !== true) return;
  registry ??= new FinalizationRegistry(report);
  registry.register(terminal, { scheduler, name, scheduledAt: new Error(name).stack ?? "" }, terminal);
}

/** It is used: there is nothing to report. */
export function wasUsed(terminal: object): void {
  registry?.unregister(terminal);
}

function report({ scheduler, name, scheduledAt }: Note): void {
  const error = new MisuseError(
    `Nothing was done by ${name}(): it was made and never used; write \`yield*\` or \`await\` before it.`,
  );
  scheduler.reportError(error, { what: "operation never used", name, scheduledAt });
}
