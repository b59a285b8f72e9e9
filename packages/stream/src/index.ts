export { type Broadcast, broadcast } from "./channel/broadcast.ts";
export { type Channel, type ChannelOptions, channel } from "./channel/channel.ts";
export type { ChannelStatistics } from "./channel/inlet.ts";
export { type Coalesce, coalesce, type Overflow } from "./channel/overflow.ts";
export type { Receiver } from "./channel/receiver.ts";
export type { Sender } from "./channel/sender.ts";
export { DecodeError } from "./codecs/decode-error.ts";
export { type DecodeSseOptions, decodeSse } from "./codecs/decode-sse.ts";
export { type DelimitedOptions, decodeDelimited } from "./codecs/delimited.ts";
export { decodeFrames, encodeFrames, type FrameOptions } from "./codecs/frames.ts";
export { lines } from "./codecs/lines.ts";
export { decodeNdjson, encodeNdjson } from "./codecs/ndjson.ts";
export { encodeSse, encodeSseMessage, type SseMessage } from "./codecs/sse.ts";
export type { SseEvent } from "./codecs/sse-parser.ts";
export { type DecodeTextOptions, decodeText } from "./codecs/text.ts";
export {
  BrokenError,
  ClosedError,
  CursorError,
  EmptyError,
  InternalError,
  OverflowError,
  StoppedError,
  StreamError,
  type StreamErrorCode,
  UsedError,
} from "./errors.ts";
export { LeftBehindError } from "./left-behind-error.ts";
export { type LogOptions, log, type MemoryLog } from "./log/log.ts";
export { type Entry, Lagged, type StreamLog } from "./log/stream-log.ts";
export { type BufferOptions, buffer } from "./operators/buffer.ts";
export { type ChunkOptions, chunk } from "./operators/chunk.ts";
export { debounce } from "./operators/debounce.ts";
export { type DelayOptions, delay } from "./operators/delay.ts";
export { type DistinctOptions, distinct } from "./operators/distinct.ts";
export { drop } from "./operators/drop.ts";
export { dropWhile } from "./operators/drop-while.ts";
export { filter } from "./operators/filter.ts";
export { flatMap } from "./operators/flat-map.ts";
export type { Group } from "./operators/group.ts";
export { type GroupByOptions, groupBy } from "./operators/group-by.ts";
export { map } from "./operators/map.ts";
export { type MapAsyncOptions, mapAsync } from "./operators/map-async.ts";
export { rateLimit } from "./operators/rate-limit.ts";
export { type RetryOptions, retry } from "./operators/retry.ts";
export { sample } from "./operators/sample.ts";
export { scan } from "./operators/scan.ts";
export { StalledError } from "./operators/stalled-error.ts";
export { switchMap } from "./operators/switch-map.ts";
export { take } from "./operators/take.ts";
export { takeUntil } from "./operators/take-until.ts";
export { takeWhile } from "./operators/take-while.ts";
export { tap } from "./operators/tap.ts";
export { type ThrottleOptions, throttle } from "./operators/throttle.ts";
export { type TimeoutOptions, timeout } from "./operators/timeout.ts";
export { type TokenBucket, type TokenBucketOptions, tokenBucket } from "./operators/token-bucket.ts";
export { type WindowOptions, window } from "./operators/window.ts";
export type { Iteration } from "./run/iteration.ts";
export type { Reader } from "./run/reader.ts";
export { type ShareOptions, share } from "./share/share.ts";
export {
  END,
  type End,
  type Host,
  MORE,
  type Pumped,
  type Sink,
  type Source,
  type Streamable,
  WAIT,
} from "./source.ts";
export { type CancellableOptions, cancellable } from "./sources/cancellable.ts";
export { combineLatest } from "./sources/combine-latest.ts";
export { concat } from "./sources/concat.ts";
export type { CallbackCleanup, Emitter, PushedOptions } from "./sources/emitter.ts";
export { empty } from "./sources/empty.ts";
export { type From, from } from "./sources/from.ts";
export { fromCallback } from "./sources/from-callback.ts";
export { type EventSourceLike, type FromEventOptions, fromEvent } from "./sources/from-event.ts";
export { interval } from "./sources/interval.ts";
export { merge } from "./sources/merge.ts";
export { race } from "./sources/race.ts";
export { unfold } from "./sources/unfold.ts";
export { zip } from "./sources/zip.ts";
export { type Operator, Stream, stream } from "./stream.ts";
export type { FirstOptions, LastOptions } from "./terminals/first.ts";
export type { ForEachResult } from "./terminals/for-each.ts";
export type { PipeTarget } from "./terminals/pipe-to.ts";
export type { RunOptions, Terminal } from "./terminals/terminal.ts";
