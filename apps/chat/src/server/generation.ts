import {
  type CancelledError,
  isCancelled,
  moveOnAfter,
  type Operation,
  type Task,
  type TaskGroup,
} from "@skein/coroutine";
import { type Entry, type Lagged, log, type Stream } from "@skein/stream";
import type { Delta, End, GenerationState, StartRequest } from "../protocol.ts";
import { Failure } from "./failure.ts";
import { counted, type Journal } from "./journal.ts";
import { type Ask, ask, computedTokens, type ModelServer } from "./model-client.ts";

/** One event of a generation, as readers get it. */
export type GenerationEvent = { readonly delta: Delta } | { readonly end: End };

/** The reason with which a generation is cancelled: who wanted it stopped. */
export class Stop {
  readonly by: "user" | "shutdown";

  constructor(by: "user" | "shutdown") {
    this.by = by;
  }
}

/** How long a stopped generation waits for the model to say how many tokens it computed, in milliseconds. */
const COUNT_WAIT_MS: Readonly<Record<Stop["by"], number>> = { user: 4_000, shutdown: 500 };
/** An answer is cut when it has this many events or characters, so that a model that never ends costs no more. */
const EVENT_LIMIT = 65_536;
const TEXT_LIMIT_CHARS = 2 * 1024 * 1024;

/** The answer has reached the limits. Thrown where its next piece comes in, which closes the connection. */
class TooLong extends Error {}

/**
 * One answer: a task that reads the model, a log that keeps what it said, and any number of readers of that log.
 *
 *     running ──► done      the model ended
 *        ├──────► failed    the model server failed, or stalled
 *        └──────► stopped   somebody asked: a user, or the shutdown
 *
 * Readers come and go without a trace on the task. The log's last event is the end, and there is exactly one.
 */
export class Generation {
  readonly id: string;
  readonly request: StartRequest;
  readonly #server: ModelServer;
  readonly #journal: Journal;
  readonly #events = log<GenerationEvent>({ keep: EVENT_LIMIT + 1 });
  readonly #task: Task<void>;
  #text = "";
  #tokens = 0;
  #end: End | null = null;
  /** Whether the model server can tell how many tokens it computed. */
  #countable: boolean;
  /** The number of tokens that had arrived when Stop came. */
  #tokensAtStop: number | undefined;

  /** Starts at once, as a task of `group`. */
  constructor(
    id: string,
    request: StartRequest,
    group: TaskGroup,
    server: ModelServer,
    model: string,
    journal: Journal,
  ) {
    this.id = id;
    this.request = request;
    this.#server = server;
    this.#countable = server.builtIn;
    this.#journal = journal;
    const { messages, temperature, maxTokens, seed } = request;
    const question: Ask = { id, model, messages, temperature, maxTokens, seed };
    this.#task = group.spawn(() => this.#generate(question), { name: `generation ${id}` });
  }

  get running(): boolean {
    return this.#end === null;
  }

  /** The number of the newest event. */
  get cursor(): number {
    return this.#events.next;
  }

  get state(): GenerationState {
    const { id, cursor } = this;
    return {
      id,
      status: this.#end?.status ?? "running",
      cursor,
      text: this.#text,
      tokens: this.#end?.tokens ?? this.#tokens,
      end: this.#end,
      model: this.request.model ?? null,
      messages: this.request.messages,
    };
  }

  /** The events after a cursor, those that are still to come included. */
  after(cursor: number): Stream<Entry<GenerationEvent> | Lagged> {
    return this.#events.entries(cursor);
  }

  /** Stops it, if it is still running, and waits until it has ended, however. */
  *stop(by: Stop["by"]): Operation<End> {
    if (this.running) this.#task.cancel(new Stop(by));
    this.#tokensAtStop ??= this.#tokens;
    yield* this.#task.join();
    return this.#end as End;
  }

  *#generate(question: Ask): Operation<void> {
    try {
      const answered = yield* ask(this.#server, question, {
        onText: (text) => this.#add(text),
        onCounting: () => {
          this.#countable = true;
        },
      });
      this.#finish({ status: "done", reason: answered.finishReason, tokens: answered.tokens ?? this.#tokens });
    } catch (error) {
      if (isCancelled(error)) {
        // What waits from here on is cleanup, which no second cancel cuts off.
        this.#finish(yield* this.#stopped(error));
        throw error;
      }
      this.#finish(
        error instanceof TooLong ? { status: "done", reason: "length", tokens: this.#tokens } : this.#failed(error),
      );
    }
  }

  #add(text: string): void {
    if (this.#tokens === EVENT_LIMIT || this.#text.length + text.length > TEXT_LIMIT_CHARS) throw new TooLong();
    this.#tokens++;
    this.#text += text;
    this.#events.append({ delta: { text } });
  }

  #finish(end: End): void {
    this.#end = end;
    this.#events.append({ end });
    this.#events.end();
    this.#journal(`generation ${this.id} ${inWords(end)}`);
  }

  *#stopped({ reason }: CancelledError): Operation<End> {
    const by = reason instanceof Stop ? reason.by : "shutdown";
    const arrived = this.#tokensAtStop ?? this.#tokens;
    const computed = this.#countable ? yield* this.#computed(COUNT_WAIT_MS[by]) : undefined;
    const computedAfterStop = computed === undefined ? null : Math.max(0, computed - arrived);
    return { status: "stopped", reason: by, tokens: this.#tokens, computedAfterStop };
  }

  /** How many tokens the model computed; undefined if it does not say so in time. */
  *#computed(waitMs: number): Operation<number | undefined> {
    try {
      return yield* moveOnAfter(waitMs, () => computedTokens(this.#server, this.id));
    } catch {
      return undefined;
    }
  }

  #failed(error: unknown): End {
    const { code, message } =
      error instanceof Failure
        ? error
        : new Failure("internal", "The chat server made a mistake; its log says more. Press Retry.", { cause: error });
    if (code === "internal")
      this.#journal(`generation ${this.id}: internal error: ${(error as Error)?.stack ?? error}`);
    return { status: "failed", reason: message, code, tokens: this.#tokens };
  }
}

function inWords(end: End): string {
  const tokens = counted(end.tokens, "token");
  switch (end.status) {
    case "done":
      return `is done after ${tokens} (${end.reason})`;
    case "failed":
      return `failed after ${tokens} (${end.code}): ${end.reason}`;
    case "stopped": {
      const who = end.reason === "user" ? "was stopped by the user" : "was ended by the shutdown";
      return `${who} after ${tokens}; computed after Stop: ${end.computedAfterStop ?? "not told by the model server"}`;
    }
  }
}
