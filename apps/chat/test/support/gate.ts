import { Future, type Operation } from "@skein/coroutine";

/** Holds the model back before each token until the test allows it. */
export interface Gate {
  readonly settle: () => Operation<void>;
  /** Lets the model compute so many more tokens. */
  allow(tokens: number): void;
  /** Lets it go on for good. */
  open(): void;
}

export function gate(): Gate {
  let allowed = 0;
  let changed = Future.withResolvers<void>({ name: "gate" });
  const change = (by: number) => {
    allowed += by;
    changed.resolve();
    changed = Future.withResolvers<void>({ name: "gate" });
  };
  return {
    *settle() {
      while (allowed === 0) yield* changed.future;
      allowed--;
    },
    allow: change,
    open: () => change(Number.POSITIVE_INFINITY),
  };
}
