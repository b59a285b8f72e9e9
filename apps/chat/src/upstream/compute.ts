import { setImmediate } from "node:timers/promises";
import { type Operation, sleep, until, type Wait } from "@skein/coroutine";
import { answer, type FinishReason, type Question } from "../model/answer.ts";
import type { NgramModel } from "../model/ngram.ts";
import type { Ledger } from "./ledger.ts";

/** One answer to be computed. */
export interface Job {
  readonly id: string;
  readonly model: NgramModel;
  readonly question: Question;
  readonly ledger: Ledger;
  /** How long to wait before each token, in milliseconds. */
  readonly gaps: Iterator<number, never>;
  /** Waited for before each token is computed; {@link turns} unless a test has its own. */
  readonly settle: () => Operation<void>;
}

/**
 * Computes an answer token by token, at its pace and only while somebody asks for more. Meant for `from()`: closing
 * the stream ends it at its wait.
 *
 * A token is computed only after `settle`. That is what makes Stop exact: a client that has left by the time the gap
 * is over has been noticed when `settle` is, and however late the gap's timer was, the token is not computed.
 *
 * @yields each token, as `encode` gives it
 * @returns why the answer ended
 */
export function* compute<T>(job: Job, encode: (token: string) => T): Generator<T | Wait, FinishReason, void> {
  const { id, ledger, gaps, settle } = job;
  const writing = answer(job.model, job.question);
  let status: "done" | "cancelled" = "cancelled";
  ledger.open(id);
  try {
    for (;;) {
      yield* sleep(gaps.next().value);
      yield* settle();
      const step = writing.next();
      if (step.done) {
        status = "done";
        return step.value;
      }
      ledger.count(id);
      yield encode(step.value);
    }
  } finally {
    ledger.close(id, status);
  }
}

/**
 * A few turns of Node's event loop, so that however busy this process is, a client in it that leaves has read all
 * tokens but one, and that one is the last: in the first turn it reads the token before, by the second the task that
 * reads has seen it, and by the third a client that left meanwhile has been noticed.
 */
export function* turns(): Operation<void> {
  for (let turn = 0; turn < 3; turn++) yield* until(() => setImmediate());
}
