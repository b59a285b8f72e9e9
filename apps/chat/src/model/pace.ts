import { between, type Random } from "./random.ts";

/** No token follows another sooner than this, in milliseconds: a burst is fast, not at once. */
export const SHORTEST_GAP_MS = 6;

/**
 * How long a real model takes: a while until the first token, then short bursts with a breath between them.
 *
 * @yields the milliseconds to wait before the next token is computed
 */
export function* pace(random: Random): Generator<number, never, void> {
  yield between(random, 250, 550);
  for (;;) {
    for (let burst = between(random, 2, 7); burst > 0; burst--) yield between(random, SHORTEST_GAP_MS, 22);
    yield between(random, 40, 140);
  }
}
