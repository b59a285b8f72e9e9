import type { Operation } from "@skein/coroutine";
import type { Collector } from "../run/pumping.ts";

/** What most terminals have in common: they wait for nothing, and take all there is. */
export abstract class Collecting<T, R> implements Collector<T, R> {
  full = false;
  pending: Operation<unknown> | null = null;
  inConsumer = false;
  abstract push(item: T): boolean;
  abstract result(): R;
}
