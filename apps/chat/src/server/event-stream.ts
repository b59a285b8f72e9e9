import { moveOnAfter, use } from "@skein/coroutine";
import { type Entry, from, Lagged, type Stream } from "@skein/stream";
import type { Generation, GenerationEvent } from "./generation.ts";

/** After so long without an event a comment is sent, or a proxy would take the silence for the end. */
const HEARTBEAT_MS = 15_000;
/** How long a browser waits before it reconnects. */
const RETRY_MS = 1_000;

/** A generation's events after a cursor, as the text of server-sent events. It ends after the `end` event. */
export function eventStream(generation: Pick<Generation, "after">, cursor: number): Stream<string> {
  return from(function* reading() {
    const events = yield* use(generation.after(cursor).reader());
    yield `retry: ${RETRY_MS}\n\n`;
    for (;;) {
      const next = yield* moveOnAfter(HEARTBEAT_MS, () => events.next());
      if (next === undefined) yield ": the model is thinking\n\n";
      else if (next.done) return;
      else yield frame(next.value);
    }
  });
}

function frame(entry: Entry<GenerationEvent> | Lagged): string {
  // A generation ends before its log is full, so no reader can lag behind what is kept.
  if (entry instanceof Lagged) throw new Error(`Cannot read on: ${entry.missed} events are gone`);
  const [name, data] = "delta" in entry.item ? ["delta", entry.item.delta] : ["end", entry.item.end];
  return `id: ${entry.cursor}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
