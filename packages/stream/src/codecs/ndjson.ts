import { map } from "../operators/map.ts";
import type { Sink } from "../source.ts";
import { type Operator, stream } from "../stream.ts";
import { lines } from "./lines.ts";

/**
 * Values as lines of JSON, each with its LF.
 *
 * @throws {TypeError} In the run, at a value that JSON cannot say: undefined, a function, a symbol, a BigInt, or one that holds
 * itself.
 * @example
 * ```ts
 * import { encodeNdjson, from } from "@skein/stream";
 *
 * const rows = from([{ id: 1 }, { id: 2 }]).pipe(encodeNdjson());
 * console.log((await rows.toArray()).join("")); // {"id":1} {"id":2}
 * ```
 */
export function encodeNdjson(): Operator<unknown, string> {
  return map((value) => {
    const line: string | undefined = JSON.stringify(value);
    if (line !== undefined) return `${line}\n`;
    throw new TypeError(`Cannot encode this ${typeof value}: JSON has none; filter() it out, or map() it to null.`);
  });
}

/**
 * Text as the JSON values on its lines, however it is split into chunks. Empty lines are left out. That a value has the
 * type `T` is not looked at.
 *
 * @throws {SyntaxError} In the run, at a line that is no JSON; the message tells its number.
 * @example
 * ```ts
 * import { decodeNdjson, from } from "@skein/stream";
 *
 * const text = from(['{"id":1}\n{"id"', ":2}\n"]);
 * const rows = text.pipe(decodeNdjson<{ id: number }>());
 * console.log(await rows.toArray()); // [ { id: 1 }, { id: 2 } ]
 * ```
 */
export function decodeNdjson<T = unknown>(): Operator<string, T> {
  return (up) => {
    const text = lines()(up);
    return stream<T>((host, sink) => text.open(host, new ParseLine(sink)), text.tasks);
  };
}

class ParseLine<T> implements Sink<string> {
  private readonly sink: Sink<T>;
  private number = 0;
  constructor(sink: Sink<T>) {
    this.sink = sink;
  }
  push(line: string): boolean {
    this.number++;
    return line.trim() === "" ? true : this.sink.push(this.parse(line));
  }
  private parse(line: string): T {
    try {
      return JSON.parse(line) as T;
    } catch (error) {
      const seen = line.length > 80 ? `${line.slice(0, 80)}…` : line;
      throw new SyntaxError(`Cannot parse line ${this.number} as JSON: ${JSON.stringify(seen)}.`, { cause: error });
    }
  }
}
