import type { Delta, End } from "../src/protocol.ts";
import * as api from "./api.ts";

export interface Follower {
  onText(text: string): void;
  /** The connection was lost (true) or is back (false). */
  onLost(lost: boolean): void;
  onEnd(end: End): void;
  /** The server no longer has the generation, or will not give it. */
  onGone(error: Error): void;
}

/**
 * Reads a generation from its first event to its end. The browser's EventSource reconnects by itself with the number
 * of the last event it has, so nothing is missed and nothing comes twice.
 *
 * @returns stops reading; the generation goes on
 */
export function follow(id: string, follower: Follower): () => void {
  const source = new EventSource(`/api/generations/${encodeURIComponent(id)}/stream`);
  source.addEventListener("open", () => follower.onLost(false));
  source.addEventListener("delta", (event: MessageEvent<string>) => {
    follower.onText((JSON.parse(event.data) as Delta).text);
  });
  source.addEventListener("end", (event: MessageEvent<string>) => {
    // Before anything else: a source that is left open asks again, for ever.
    source.close();
    follower.onEnd(JSON.parse(event.data) as End);
  });
  source.addEventListener("error", () => {
    if (source.readyState === EventSource.CONNECTING) {
      follower.onLost(true);
      return;
    }
    // Refused, not lost: EventSource cannot say why, so ask.
    follower.onLost(false);
    void api.state(id).then(
      () => follower.onGone(new Error("The answer's stream was refused. Reload the page to try again.")),
      (error: Error) => follower.onGone(error),
    );
  });
  return () => source.close();
}
