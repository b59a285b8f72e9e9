// Sources, sinks and logs keep the rules of `source.ts`.
import { END, filter, from, log, map } from "@skein/stream";
import { checkLog, checkSink, checkSource } from "@skein/stream/testing";
import { check } from "./support/check.js";

const items = [1, 2, 3, 4];
const sources = {
  array: () => from(items),
  generator: () =>
    from(function* () {
      yield* items;
    }),
  pipe: () =>
    from([0, ...items]).pipe(
      filter((n) => n > 0),
      map((n) => n),
    ),
};
for (const [name, make] of Object.entries(sources)) {
  await check(
    name,
    checkSource(() => ({ stream: make(), items })),
  );
}
/** The sink that `map` puts around another. */
const doubling = (inner) => {
  let sink;
  const open = (_host, outer) => {
    sink = outer;
    return { pump: () => END, close: () => undefined };
  };
  map((n) => n * 2)({ open, tasks: false }).open({}, inner);
  return sink;
};
await check(
  "sink",
  checkSink(() => ({ make: doubling, items, gives: [2, 4, 6, 8] })),
);
await check("log", checkLog({ make: (keep) => log({ keep }) }));
/* prints:
array: 0 failed
generator: 0 failed
pipe: 0 failed
sink: 0 failed
log: 0 failed
*/
