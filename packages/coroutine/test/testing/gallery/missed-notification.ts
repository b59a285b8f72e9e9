/* One who waits for a notification, and not for a state: it may have been given before. */
import { Condition, Lock, type Operation, scope, use } from "../../../src/index.ts";
import { type Exhibit, io, together } from "./exhibit.ts";
import { Bell } from "./promise-tools.ts";

export const missedNotification: Exhibit = {
  name: "missed notification",
  within: 20,
  finding: /Deadlock: .*\n(.*\n)*.*condition "ready"/,
  *broken(root) {
    const ready = new Condition(new Lock(), { name: "ready" });
    const waiter = () =>
      scope(function* (): Operation<void> {
        yield* io();
        yield* use(ready.lock);
        yield* ready.wait(); // for a notification
      });
    const notifier = () =>
      scope(function* (): Operation<void> {
        yield* io();
        yield* use(ready.lock);
        ready.notify();
      });
    yield* together(root, waiter, notifier);
  },
  *fixed(root) {
    const ready = new Condition(new Lock(), { name: "ready" });
    let isReady = false;
    const waiter = () =>
      scope(function* (): Operation<void> {
        yield* io();
        yield* use(ready.lock);
        yield* ready.waitFor(() => isReady);
      });
    const notifier = () =>
      scope(function* (): Operation<void> {
        yield* io();
        yield* use(ready.lock);
        isReady = true;
        ready.notify();
      });
    yield* together(root, waiter, notifier);
  },
  async promises(io) {
    const ready = new Bell(); // one thread needs no lock around it
    const waiter = async () => {
      await io();
      await ready.wait();
    };
    const notifier = async () => {
      await io();
      ready.ring();
    };
    await Promise.all([waiter(), notifier()]);
  },
};
