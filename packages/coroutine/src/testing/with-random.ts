import type { Random } from "@skein/future/testing";

/** Runs `body` with `Math.random` replaced, and only while it runs: the jitter of a retry, say, is the seed's, too. */
export function withRandom<T>(random: Random, body: () => T): T {
  const before = Math.random;
  Math.random = random;
  try {
    return body();
  } finally {
    Math.random = before;
  }
}
