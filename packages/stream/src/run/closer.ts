import type { Operation, Task } from "@skein/coroutine";
import { InternalError } from "../errors.ts";
import type { Host } from "../source.ts";
import { finish } from "./closing.ts";

/** For operators that go on when one of their inputs is over: waits for its cleanup in a task of the run. */
export class Closer {
  private readonly host: Host;
  private task: Task<void> | null = null;

  constructor(host: Host) {
    this.host = host;
  }

  /** Starts to wait for `closing`; the host is woken when it has ended. */
  close(closing: Operation<void> | undefined): void {
    if (closing === undefined) return;
    const { owner } = this.host;
    if (owner === null) throw new InternalError("An operator with several inputs was opened without an owner");
    this.task = owner.spawn(() => finish(closing), { name: "closing an input", onError: "owner" });
    this.task.addDoneCallback(() => this.host.wake());
  }

  /** True while a cleanup is under way. @throws What it threw, once. */
  busy(): boolean {
    const { task } = this;
    if (task === null) return false;
    if (task.state === "pending") return true;
    this.task = null;
    task.result();
    return false;
  }

  /** What is still to be waited for when the run itself is closed. */
  rest(): Operation<void> | undefined {
    const { task } = this;
    this.task = null;
    return task ?? undefined;
  }
}
