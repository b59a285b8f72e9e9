import { MisuseError } from "@skein/future";
import type { Body, Operation } from "../operation.ts";
import { ParkingLot } from "../sync/parking-lot.ts";
import { iterate } from "../task/body.ts";
import { requireWhole } from "./options.ts";

/**
 * Has blocks of several tasks run in the order of their numbers, one after the other, whatever the order of the loop.
 *
 * @example
 * ```ts
 * import { run } from "@skein/coroutine";
 * import { Sequencer } from "@skein/coroutine/testing";
 *
 * const seq = new Sequencer();
 * await run(function* (root) {
 *   root.spawn(() => seq.at(1, function* () { console.log("second"); }));
 *   root.spawn(() => seq.at(0, function* () { console.log("first"); }));
 * });
 * ```
 */
export class Sequencer {
  private next = 0;
  /** From here on no turn comes any more. */
  private broken = Number.POSITIVE_INFINITY;
  private readonly taken = new Set<number>();
  private readonly lots = new Map<number, ParkingLot>();

  /**
   * Waits for its turn and runs `body`: after the block of the number before, however that ended.
   *
   * @param position From 0, without gaps; each once.
   * @returns what `body` returns. @throws {MisuseError} If the number was given before, or a block before this one was cancelled
   * while it waited, so that its turn never comes. @throws {RangeError} If it is no whole number from 0.
   */
  at<T = void>(position: number, body?: Body<T>): Operation<T> {
    requireWhole(position, 0, "the position", "wait for a turn");
    return this.takeTurn(position, body);
  }

  private *takeTurn<T>(position: number, body: Body<T> | undefined): Operation<T> {
    if (this.taken.has(position)) {
      throw new MisuseError(`Cannot wait for turn ${position}: it was given out before; each number has one block.`);
    }
    this.taken.add(position);
    if (position > this.broken) throw this.brokenError(position);
    try {
      if (position !== this.next) yield* this.lotAt(position).park();
    } catch (error) {
      if (position < this.broken) this.break(position);
      throw error;
    }
    try {
      return (body === undefined ? undefined : yield* iterate(body, "take a turn")) as T;
    } finally {
      this.next++;
      this.lots.get(this.next)?.unpark();
    }
  }

  private lotAt(position: number): ParkingLot {
    const lot = new ParkingLot({ name: `turn ${position}` });
    this.lots.set(position, lot);
    return lot;
  }

  private break(position: number): void {
    this.broken = position;
    for (const [later, lot] of this.lots) if (later > position) lot.break(() => this.brokenError(later));
  }

  private brokenError(position: number): MisuseError {
    return new MisuseError(
      `Cannot wait for turn ${position}: the block of turn ${this.broken} was cancelled before it had come.`,
    );
  }
}
