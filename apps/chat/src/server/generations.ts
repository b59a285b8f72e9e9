import { randomUUID } from "node:crypto";
import { currentScheduler, sleep, type TaskGroup, type Wait } from "@skein/coroutine";
import { Refused } from "../http/refused.ts";
import type { StartRequest } from "../protocol.ts";
import { Generation } from "./generation.ts";
import { counted, type Journal } from "./journal.ts";
import type { ModelServer } from "./model-client.ts";

export interface Limits {
  /** Generations at once; one more is refused. */
  readonly running: number;
  /** Ended generations that are kept for readers who come late. */
  readonly kept: number;
  /** How long they are kept, in milliseconds. */
  readonly keptMs: number;
}

export const DEFAULT_LIMITS: Limits = { running: 32, kept: 200, keptMs: 30 * 60_000 };

const SWEEP_EVERY_MS = 60_000;

/** All generations: those that run, as tasks of one group, and those that ended a while ago. */
export class Generations {
  readonly #group: TaskGroup;
  readonly #server: ModelServer;
  readonly #model: string;
  readonly #journal: Journal;
  readonly #limits: Limits;
  readonly #all = new Map<string, { readonly generation: Generation; endedMs: number | undefined }>();
  #closed = false;

  constructor(group: TaskGroup, server: ModelServer, model: string, journal: Journal, limits: Limits = DEFAULT_LIMITS) {
    this.#group = group;
    this.#server = server;
    this.#model = model;
    this.#journal = journal;
    this.#limits = limits;
  }

  get running(): number {
    let running = 0;
    for (const { generation } of this.#all.values()) if (generation.running) running++;
    return running;
  }

  /** @throws {Refused} 429 if too many are running, 503 if the server is shutting down */
  start(request: StartRequest): Generation {
    if (this.#closed) {
      throw new Refused(503, "shutting_down", "The server is shutting down; try again when it is back.", {
        headers: { "retry-after": "2" },
      });
    }
    this.sweep();
    if (this.running >= this.#limits.running) {
      throw Refused.busy(
        "too_many_generations",
        `${this.#limits.running} answers are being written; stop one, or try again in a moment.`,
      );
    }
    const id = randomUUID();
    const generation = new Generation(
      id,
      request,
      this.#group,
      this.#server,
      request.model ?? this.#model,
      this.#journal,
    );
    this.#all.set(id, { generation, endedMs: undefined });
    this.#journal(`generation ${id} started: ${counted(request.messages.length, "message")}`);
    return generation;
  }

  /** @throws {Refused} 404 if there is none, or no longer */
  find(id: string): Generation {
    const found = this.#all.get(id);
    if (found === undefined) {
      throw new Refused(
        404,
        "unknown_generation",
        `There is no generation "${id.slice(0, 80)}", or it is no longer kept; ask again.`,
      );
    }
    return found.generation;
  }

  /** Forgets what ended too long ago, and the oldest beyond the number that is kept. */
  sweep(nowMs: number = currentScheduler().now()): void {
    const ended = [...this.#all].filter(([, { generation }]) => !generation.running);
    for (const [index, [id, entry]] of ended.entries()) {
      entry.endedMs ??= nowMs;
      const tooMany = ended.length - index > this.#limits.kept;
      if (tooMany || nowMs - entry.endedMs >= this.#limits.keptMs) this.#all.delete(id);
    }
  }

  /** Sweeps until it is cancelled; from then on none is started. */
  *sweeping(): Generator<Wait, never, unknown> {
    try {
      for (;;) {
        yield* sleep(SWEEP_EVERY_MS);
        this.sweep();
      }
    } finally {
      this.#closed = true;
    }
  }
}
