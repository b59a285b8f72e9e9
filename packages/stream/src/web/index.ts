export { type ToReadableStreamOptions, toReadableStream } from "./to-readable-stream.ts";
