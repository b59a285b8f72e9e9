import type { Row } from "../measure.ts";
import { bundleRows } from "./bundles.ts";
import { callbackRows } from "./callbacks.ts";
import { callRows } from "./calls.ts";
import { channelRows } from "./channels.ts";
import { handOffRows } from "./future-handoff.ts";
import { memoryRows } from "./memory.ts";
import { mergeRow } from "./merging.ts";
import { raceRows } from "./races.ts";
import { semaphoreRows } from "./semaphore.ts";
import { shareRows } from "./shares.ts";
import { slowReaderRow } from "./slow-reader.ts";
import { spawningRows } from "./spawning.ts";
import { sseRow } from "./sse.ts";
import { openRow } from "./stream-open.ts";
import { syncRows } from "./streams-sync.ts";
import { waitingRows } from "./streams-waiting.ts";
import { switchRows } from "./switches.ts";
import { taskWaitRows } from "./task-waits.ts";
import { cancelledTimerRows } from "./timers-cancel.ts";
import { firedTimerRows } from "./timers-fire.ts";
import { webBridgeRows } from "./web-bridge.ts";

/** Every row, in the order of the table. */
export const rows: readonly Row[] = [
  ...switchRows,
  ...spawningRows,
  ...taskWaitRows,
  ...callRows,
  ...callbackRows,
  ...cancelledTimerRows,
  ...firedTimerRows,
  ...handOffRows,
  ...raceRows,
  ...memoryRows,
  ...semaphoreRows,
  ...syncRows,
  ...waitingRows,
  openRow,
  ...channelRows,
  mergeRow,
  ...shareRows,
  ...webBridgeRows,
  sseRow,
  slowReaderRow,
  ...bundleRows,
];
