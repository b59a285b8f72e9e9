import type { Wait } from "@skein/coroutine";

/** What a generator function given to `from` returns: `yield item` gives an item, `yield* operation` waits. */
export type Produces<T> = Generator<T | Wait, unknown, unknown>;
