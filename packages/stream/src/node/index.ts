export { fromReadable } from "./from-readable.ts";
export { type PipeToWritableOptions, pipeToWritable } from "./pipe-to-writable.ts";
export { type ToReadableOptions, toReadable } from "./to-readable.ts";
export { type ToWritableOptions, toWritable } from "./to-writable.ts";
