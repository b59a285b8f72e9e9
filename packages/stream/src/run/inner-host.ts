import type { Scheduler, TaskGroup } from "@skein/coroutine";
import type { Host } from "../source.ts";

/** The host of one of several inputs: it remembers which of them woke. */
export class InnerHost implements Host {
  /** True until this input has said WAIT and not been woken since. */
  awake = true;
  private readonly host: Host;

  constructor(host: Host) {
    this.host = host;
  }

  get waiting(): boolean {
    return !this.awake && this.host.waiting;
  }
  get owner(): TaskGroup | null {
    return this.host.owner;
  }
  get scheduler(): Scheduler {
    return this.host.scheduler;
  }
  wake(): void {
    this.awake = true;
    this.host.wake();
  }
}
