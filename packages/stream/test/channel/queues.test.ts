/** What others have queues for, as channels: the rules of theirs that hold here, and where ours differ. */
import { checkpoint, type Operation, sleep, type TaskGroup } from "@skein/coroutine";
import { describe, expect, test } from "vitest";
import { ClosedError, channel, type Receiver, type Sender } from "../../src/index.ts";
import { outcomeOf, play } from "../support.ts";

const DONE = { done: true, value: undefined };
const item = <T>(value: T) => ({ done: false, value });

describe("SYNC-010 a lock that is a channel with one token in it", () => {
  function* locked(tokens: { sender: Sender<void>; receiver: Receiver<void> }, body: () => Operation<unknown>) {
    yield* tokens.receiver.receive();
    yield* body();
    tokens.sender.trySend();
  }
  const contend = (workers: number, rounds: number, body: (worker: number) => Operation<unknown>): void =>
    play(function* (root) {
      const tokens = channel<void>(1);
      tokens.sender.trySend();
      for (let worker = 0; worker < workers; worker++)
        root.spawn(function* () {
          for (let round = 0; round < rounds; round++) yield* locked(tokens, () => body(worker));
        });
    });

  test("lets never two in, of five that take it ten times", () => {
    let inside = 0;
    let most = 0;
    let entered = 0;
    contend(5, 10, function* () {
      entered++;
      most = Math.max(most, ++inside);
      yield* checkpoint();
      inside--;
    });
    expect([most, entered]).toEqual([1, 50]);
  });

  test("is taken by three loopers in strict turns", () => {
    const order: number[] = [];
    contend(3, 3, function* (worker) {
      order.push(worker);
      yield* checkpoint();
    });
    expect(order).toEqual([0, 1, 2, 0, 1, 2, 0, 1, 2]);
  });
});

describe.each([0, 1, 5])("with a capacity of %d", (capacity) => {
  test("SYNC-037 of two that receive the first is cancelled in the turn of a send: the second gets the item", () => {
    const seen = play(function* (root) {
      const { sender, receiver } = channel<number>(capacity);
      const [first, second] = [1, 2].map(() => root.spawn(() => outcomeOf(receiver.receive())));
      yield* sleep(1);
      first?.cancel();
      expect(sender.trySend(7)).toBe(true);
      yield* first?.join() ?? sleep(0);
      return [first?.state, yield* second as NonNullable<typeof second>];
    });
    expect(seen).toEqual([expect.stringMatching(/done|cancelled/), { value: item(7) }]);
  });

  test("SYNC-039 nothing is kept of who was cancelled", () => {
    const counts = play(function* (root) {
      const getters = channel<number>(capacity);
      const putters = channel<number>(capacity);
      for (let n = 0; n < capacity; n++) putters.sender.trySend(n);
      const tasks = [
        ...[1, 2, 3].map(() => root.spawn(() => getters.receiver.receive())),
        ...[1, 2, 3].map((n) => root.spawn(() => putters.sender.send(n))),
      ];
      yield* sleep(1);
      const before = [getters.receiver.statistics().waitingReceivers, putters.sender.statistics().waitingSenders];
      for (const task of tasks) task.cancel();
      yield* sleep(1);
      const { waitingReceivers } = getters.receiver.statistics();
      const { waitingSenders, buffered } = putters.sender.statistics();
      return [before, waitingReceivers, waitingSenders, buffered];
    });
    expect(counts).toEqual([[3, 3], 0, 0, capacity]);
  });

  test("SYNC-040 who takes several items without waiting lets all senders go on that fit", () => {
    const seen = play(function* (root) {
      const { sender, receiver } = channel<number>(capacity);
      for (let n = 0; n < capacity; n++) sender.trySend(n);
      const sends = [0, 1, 2, 3].map((n) => root.spawn(() => sender.send(capacity + n)));
      yield* sleep(1);
      const taken = [receiver.tryReceive(), receiver.tryReceive(), receiver.tryReceive()];
      yield* sleep(1);
      const states = sends.map((send) => send.state);
      while (receiver.tryReceive() !== undefined); // or the last would wait for ever
      return [taken, states];
    });
    expect(seen).toEqual([
      [item(0), item(1), item(2)],
      ["done", "done", "done", "pending"],
    ]);
  });
});

/** A channel with an item in its buffer and a send that waits, once `end` was called; what comes of all. */
const shutDown = (end: (sender: Sender<number>) => void): unknown[] =>
  play(function* (root: TaskGroup) {
    const { sender, receiver } = channel<number>(1);
    sender.trySend(1);
    const parked = root.spawn(() => outcomeOf(sender.send(2)));
    yield* sleep(1);
    end(sender);
    const late = yield* outcomeOf(sender.send(3));
    const received = [];
    for (let n = 0; n < 4; n++) received.push(yield* outcomeOf(receiver.receive()));
    return [late, yield* parked, received];
  });

test("SYNC-042 at close() what is buffered and what is parked is given, and then the end; a new send fails", () => {
  expect(shutDown((sender) => sender.close())).toEqual([
    { error: expect.any(ClosedError) },
    { value: undefined },
    [{ value: item(1) }, { value: item(2) }, { value: DONE }, { value: DONE }],
  ]);
});

test("SYNC-042 the same at fail(error), and then that error for ever", () => {
  const error = new Error("upstream");
  expect(shutDown((sender) => sender.fail(error))).toEqual([
    { error: expect.any(ClosedError) },
    { value: undefined },
    [{ value: item(1) }, { value: item(2) }, { error }, { error }],
  ]);
});

test("SYNC-043 the end of an empty channel is told to who waits for an item: done, or the failure", () => {
  const error = new Error("upstream");
  const seen = play(function* (root) {
    const closed = channel<number>(1);
    const failed = channel<number>(1);
    const waiting = [closed, failed].map(({ receiver }) => root.spawn(() => outcomeOf(receiver.receive())));
    yield* sleep(1);
    closed.sender.close();
    failed.sender.fail(error);
    const outcomes = [];
    for (const task of waiting) outcomes.push(yield* task);
    return outcomes;
  });
  expect(seen).toEqual([{ value: DONE }, { error }]);
});
