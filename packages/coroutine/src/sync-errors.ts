/** What is waited for depends on a task that has ended: its lock will not be released any more. */
export class OwnerEndedError extends Error {
  readonly code: "OWNER_ENDED";
  /** The name of the task that ended. */
  readonly owner: string;
  constructor(what: string, owner: string) {
    super(
      `Cannot wait for ${what}: task "${owner}" has ended without releasing it; take it with \`use\`, which always gives it back.`,
    );
    this.name = "OwnerEndedError";
    this.code = "OWNER_ENDED";
    this.owner = owner;
  }
}

/** A barrier was aborted, or reset while tasks waited at it. */
export class BrokenBarrierError extends Error {
  readonly code: "BROKEN_BARRIER";
  constructor(message: string) {
    super(message);
    this.name = "BrokenBarrierError";
    this.code = "BROKEN_BARRIER";
  }
}
