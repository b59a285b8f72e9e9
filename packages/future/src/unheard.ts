import { isHeard, slotOf } from "./internal.ts";
import { originOf } from "./naming.ts";
import type { Receipt } from "./receipt.ts";
import { saysClosed } from "./wait-queue.ts";

/**
 * Has a rejection that nobody waits for reported one pass later, unless somebody listens in between. On a host with
 * microtasks that pass comes after them: `await future` calls `then` in a microtask of its own, and is a listener. (F7)
 */
export function reportUnheard(receipt: Receipt<unknown>): void {
  const { loop } = receipt;
  try {
    if (loop.callAfterMicrotasks) loop.callAfterMicrotasks(report, receipt);
    else loop.callSoon(report, receipt);
  } catch (error) {
    if (!saysClosed(error)) throw error; // a closed loop has nobody to report to, and that is no reason not to settle
  }
}

function report(receipt: Receipt<unknown>): void {
  if (isHeard(receipt)) return;
  const { loop, name } = receipt;
  const scheduledAt = originOf(receipt);
  loop.reportError(slotOf(receipt), { what: "unheard rejection", name, ...(scheduledAt && { scheduledAt }) });
}
