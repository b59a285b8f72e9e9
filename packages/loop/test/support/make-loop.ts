import { EventLoop, type EventLoopOptions } from "../../src/index.ts";
import { ManualHost } from "./manual-host.ts";

/** A started loop on a manual host, its log, and a callback that writes in it. */
export function makeLoop(options: Omit<EventLoopOptions, "host"> = {}) {
  const host = new ManualHost();
  const loop = new EventLoop({ ...options, host });
  loop.start();
  host.settle();
  const log: unknown[] = [];
  const write = (entry: unknown): void => void log.push(entry);
  return { host, loop, log, write };
}
