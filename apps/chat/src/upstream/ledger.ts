import { Future } from "@skein/coroutine";

/** How far the model is with a completion, or was when it ended. */
export interface Account {
  readonly id: string;
  readonly status: "running" | "done" | "cancelled";
  /** Tokens that the model has computed, delivered or not. */
  readonly computed: number;
  /** Done when the model computes no more. */
  readonly over: Future<void>;
}

interface OpenAccount extends Account {
  status: Account["status"];
  computed: number;
  readonly finish: () => void;
}

/** Ended completions are remembered up to this number. */
const KEPT = 256;

/**
 * The model's own count of what it computed: the truth that a client which has left can come back and ask for.
 * Bounded: the oldest that have ended are forgotten.
 */
export class Ledger {
  readonly #accounts = new Map<string, OpenAccount>();
  #running = 0;

  get running(): number {
    return this.#running;
  }

  has(id: string): boolean {
    return this.#accounts.has(id);
  }

  find(id: string): Account | undefined {
    return this.#accounts.get(id);
  }

  open(id: string): void {
    const { future, resolve } = Future.withResolvers<void>({ name: `end of ${id}` });
    this.#accounts.set(id, { id, status: "running", computed: 0, over: future, finish: () => void resolve() });
    this.#running++;
  }

  /** One more token was computed. */
  count(id: string): void {
    this.#get(id).computed++;
  }

  computed(id: string): number {
    return this.#get(id).computed;
  }

  close(id: string, status: "done" | "cancelled"): void {
    const account = this.#get(id);
    account.status = status;
    this.#running--;
    account.finish();
    for (const [old, { status }] of this.#accounts) {
      if (this.#accounts.size <= KEPT) return;
      if (status !== "running") this.#accounts.delete(old);
    }
  }

  #get(id: string): OpenAccount {
    const account = this.#accounts.get(id);
    if (account === undefined) throw new Error(`Cannot count for completion ${id}: it was not opened`);
    return account;
  }
}
