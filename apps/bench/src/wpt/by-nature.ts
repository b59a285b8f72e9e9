import type { BridgeName } from "./bridges.ts";

/** Why a subtest that the platform passes cannot pass through a bridge, and how its failure is known. */
interface Reason {
  readonly why: string;
  readonly bridges?: readonly BridgeName[];
  readonly failure: RegExp;
}

const readable: readonly BridgeName[] = ["readable", "readable-0"];

/** The first that fits is the reason; a failure that none fits has no excuse. */
const reasons: readonly Reason[] = [
  {
    why: "it looks for the platform's own doings: its class, or what it does if all of its prototypes are patched",
    failure:
      /not be observable|intercepted|patched getReader|0th element should be a ReadableStream|teed readable byte/,
  },
  {
    why: "it fills the BYOB request of a stream that is read by a default reader here",
    bridges: readable,
    failure:
      /reading '(view|respond|respondWithNewView)'|byobRequest|byteLength|view|disallowed value null|Uint16|Uint32/,
  },
  {
    why: "it counts what is in the queue: there is one more, and that asks once more",
    bridges: readable,
    failure:
      /pull|desiredSize|failed to abort|no ReadableStream methods|cancel should (not be|have been) called|expected -?\d+ but got|methods as methods|enqueue\(\) must throw/,
  },
  {
    why: "the source's end is learnt by asking for an item, and nobody asks (yet)",
    bridges: [...readable, "piping"],
    failure:
      /does not end|Should have rejected|readable stream's error|writable stream's error|changes? identity|errored with error1/,
  },
  {
    why: "a PipeTarget takes items and is told the end; it cannot fail by itself; an abort withdraws the write under way",
    bridges: ["writable"],
    failure: /./s,
  },
  {
    why: "a terminal begins a turn of the loop later",
    bridges: ["piping"],
    failure:
      /must become locked|abort signal takes priority|abort should do nothing|does not end|invalid signal|no ReadableStream methods/,
  },
  {
    why: "a stop closes the source at once, and the target after it; it does not wait for the target's writes first",
    bridges: ["piping"],
    failure: /Controller is already closed|AbortError|"abort", "cancel"|"abort", object|it is closed/,
  },
  {
    why: "what happens inside is known outside some turns later",
    bridges: readable,
    failure:
      /releas|AbortError|abort should do nothing|priority|should be replaced|before cancellation|"abort"|it is closed|is closed|expected true|expected false|should be returned by pipeTo/i,
  },
];

/** The reason why `bridge` cannot pass it; undefined: there is none. */
export function reasonFor(bridge: BridgeName, name: string, message: string | null): string | undefined {
  const failure = `${name}: ${message}`;
  return reasons.find((reason) => (reason.bridges?.includes(bridge) ?? true) && reason.failure.test(failure))?.why;
}
