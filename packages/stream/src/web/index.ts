export { type PipeToWritableStreamOptions, pipeToWritableStream } from "./pipe-to-writable-stream.ts";
export { type ToReadableStreamOptions, toReadableStream } from "./to-readable-stream.ts";
export { type ToWritableStreamOptions, toWritableStream } from "./to-writable-stream.ts";
