/** Wakes the one `async` function that drives a test: something outside has happened. */
export class Doorbell {
  private rung = false;
  private heard: (() => void) | undefined;

  /** May be called from anywhere, any number of times. */
  ring(): void {
    this.rung = true;
    this.heard?.();
  }

  /** Settles with the next ring; at once if it has rung since the last wait. */
  async wait(): Promise<void> {
    if (!this.rung) {
      await new Promise<void>((resolve) => {
        this.heard = resolve;
      });
    }
    this.rung = false;
    this.heard = undefined;
  }
}
