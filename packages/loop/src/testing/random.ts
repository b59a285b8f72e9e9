import { check } from "../callback.ts";

/** A source of numbers from 0 up to, not including, 1. */
export type Random = () => number;

/**
 * Numbers that look like chance and are a pure function of the seed: a 32-bit Weyl sequence through a mixing
 * function. Good for choosing schedules; not for statistics or secrets.
 *
 * @param seed Any number; its whole part modulo 2³² counts.
 * @throws {TypeError} If `seed` is no number. @throws {RangeError} If it is NaN.
 * @example
 * ```ts
 * import { seededRandom } from "@skein/loop/testing";
 *
 * const random = seededRandom(7);
 * const again = seededRandom(7);
 * console.log(random() === again()); // true
 * ```
 */
export function seededRandom(seed: number): Random {
  check("make a source of random numbers", "the seed", seed, "a number");
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}
