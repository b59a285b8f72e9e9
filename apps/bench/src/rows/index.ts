import type { Row } from "../measure.ts";
import { bundleRows } from "./bundles.ts";
import { channelRows } from "./channels.ts";
import { semaphoreRows } from "./semaphore.ts";
import { openRow, syncRows } from "./streams-sync.ts";
import { waitingRows } from "./streams-waiting.ts";
import { switchRows } from "./switches.ts";
import { taskRows } from "./tasks.ts";
import { timerRows } from "./timers.ts";

/** Every row, in the order of the table. */
export const rows: readonly Row[] = [
  ...switchRows,
  ...taskRows,
  ...timerRows,
  ...semaphoreRows,
  ...syncRows,
  ...waitingRows,
  openRow,
  ...channelRows,
  ...bundleRows,
];
