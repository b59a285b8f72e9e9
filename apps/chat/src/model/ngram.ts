/**
 * A word model that remembers where in its book each context stood.
 *
 * The book is one array of token ids. A context of n tokens is a node: for n = 1 the token's id, beyond that the node
 * of its last n − 1 tokens together with the token before them. For each order the positions that follow the same
 * context form a chain: `newest` knows where a node's chain begins, `older` leads from a position to the one before.
 * Training is one pass that writes numbers; the counts of a context are found by walking its chain when asked for.
 */
import { ABSENT, PairIndex } from "./pair-index.ts";
import { tokenize } from "./tokenize.ts";

/** How many tokens back the model looks. */
export const ORDER = 4;

/** A chain is walked this far at most: a very common context is sampled by its newest uses. */
const CHAIN_LIMIT = 2_000;

/** What came after a context: token id → how often. */
export type Continuations = ReadonlyMap<number, number>;

export class NgramModel {
  /** Token ids in the order of the book. */
  readonly book: Int32Array;
  /** Token text by id. */
  readonly vocabulary: readonly string[];
  readonly #ids: ReadonlyMap<string, number>;
  readonly #contexts: PairIndex;
  readonly #newest: Int32Array;
  /** By order − 1. */
  readonly #older: readonly Int32Array[];

  /** Learns a text. One pass; about 0.2 s for a novel. */
  constructor(text: string) {
    const tokens = tokenize(text);
    const ids = new Map<string, number>();
    this.book = Int32Array.from(tokens, (token) => {
      const known = ids.get(token);
      if (known !== undefined) return known;
      ids.set(token, ids.size);
      return ids.size - 1;
    });
    this.vocabulary = [...ids.keys()];
    this.#ids = ids;

    const capacity = this.book.length * (ORDER - 1);
    this.#contexts = new PairIndex(capacity);
    this.#newest = new Int32Array(ids.size + capacity).fill(ABSENT);
    this.#older = Array.from({ length: ORDER }, () => new Int32Array(this.book.length).fill(ABSENT));
    for (let position = 1; position < this.book.length; position++) this.#learn(position);
  }

  #learn(position: number): void {
    let node = this.book[position - 1] as number;
    for (let order = 1; ; order++) {
      const chain = this.#older[order - 1] as Int32Array;
      chain[position] = this.#newest[node] as number;
      this.#newest[node] = position;
      if (order === ORDER || position - order <= 0) return;
      node = this.vocabulary.length + this.#contexts.add(node, this.book[position - order - 1] as number);
    }
  }

  /** The id of a token, or undefined if the book does not have it. */
  idOf(token: string): number | undefined {
    return this.#ids.get(token);
  }

  /** The newest places of a token in the book, newest first, `limit` at most. */
  places(id: number, limit: number): number[] {
    return this.#follow(id, 1, limit).map((after) => after - 1);
  }

  /**
   * What the book has after the last `order` tokens of `context`. Empty if it never had them.
   *
   * @param order 1 to {@link ORDER}
   */
  continuations(context: readonly number[], order: number): Continuations {
    const counts = new Map<number, number>();
    const node = this.#nodeOf(context, order);
    if (node === ABSENT) return counts;
    for (const position of this.#follow(node, order, CHAIN_LIMIT)) {
      const id = this.book[position] as number;
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    return counts;
  }

  #nodeOf(context: readonly number[], order: number): number {
    if (context.length < order) return ABSENT;
    let node = context.at(-1) as number;
    for (let back = 2; back <= order; back++) {
      const pair = this.#contexts.find(node, context.at(-back) as number);
      if (pair === ABSENT) return ABSENT;
      node = this.vocabulary.length + pair;
    }
    return node;
  }

  /** The positions that follow a context, newest first. */
  #follow(node: number, order: number, limit: number): number[] {
    const chain = this.#older[order - 1] as Int32Array;
    const positions: number[] = [];
    let position = this.#newest[node] as number;
    while (position !== ABSENT && positions.length < limit) {
      positions.push(position);
      position = chain[position] as number;
    }
    return positions;
  }
}
