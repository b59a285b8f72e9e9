import { run } from "@skein/coroutine";
import { filter, from, map } from "@skein/stream";
import { perOperation, type Row } from "../measure.ts";
import { peerRound } from "../peers.ts";

const OPENS = 50_000;
const three = [1, 2, 3];
export const openRow: Row = {
  id: "stream-open",
  what: "open and run a pipeline of three items, in one task after another",
  unit: "ns",
  must: [{ peer: "rxjs", max: 0.5 }],
  systems: {
    skein: () =>
      perOperation(OPENS, () =>
        run(function* () {
          for (let i = 0; i < OPENS; i++)
            yield* from(three)
              .pipe(
                map((n) => n * 2),
                filter((n) => n % 3 === 0),
              )
              .reduce((sum, n) => sum + n, 0);
        }),
      ),
    rxjs: peerRound("rxjs", OPENS, (rxjs) => rxjs.open(three, OPENS)),
  },
};
