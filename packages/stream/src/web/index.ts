export { type FromByteStreamOptions, fromByteStream } from "./from-byte-stream.ts";
export { type PipeToWritableStreamOptions, pipeToWritableStream } from "./pipe-to-writable-stream.ts";
export { type ToByteStreamOptions, type ToReadableStreamOptions, toReadableStream } from "./to-readable-stream.ts";
export { type ToWritableStreamOptions, toWritableStream } from "./to-writable-stream.ts";
