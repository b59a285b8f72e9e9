import { Refused } from "../http/refused.ts";

/**
 * Where a reader wants to go on: after the event with this number. `Last-Event-ID`, which a browser sends by itself
 * when it reconnects, is newer than the address it started with.
 *
 * @throws {Refused} 400 if it is no number, negative, or beyond the newest event
 */
export function readCursor(lastEventId: string | undefined, query: string | undefined, newest: number): number {
  const [name, value] = lastEventId ? ["Last-Event-ID", lastEventId] : ["cursor", query];
  if (value === undefined || value === "") return 0;
  if (!/^\d{1,15}$/.test(value)) {
    throw new Refused(
      400,
      "bad_cursor",
      `${name} must be the number of an event that was seen, 0 for none; it is "${value.slice(0, 40)}".`,
      { param: name },
    );
  }
  const cursor = Number(value);
  if (cursor > newest) {
    throw new Refused(
      400,
      "cursor_in_future",
      `${name} is ${cursor}, but the newest event is ${newest}; use 0 to read from the start.`,
      { param: name },
    );
  }
  return cursor;
}
