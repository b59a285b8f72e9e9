import { aba } from "./aba.ts";
import { assumedOrder } from "./assumed-order.ts";
import { checkThenAct } from "./check-then-act.ts";
import { deadlock } from "./deadlock.ts";
import { doubleClose } from "./double-close.ts";
import type { Exhibit } from "./exhibit.ts";
import { leakOnCancel } from "./leak-on-cancel.ts";
import { lostUpdate } from "./lost-update.ts";
import { lostWakeUp } from "./lost-wake-up.ts";
import { missedNotification } from "./missed-notification.ts";
import { starvation } from "./starvation.ts";
import { thunderingHerd } from "./thundering-herd.ts";
import { useAfterClose } from "./use-after-close.ts";

/** The whole gallery. */
export const gallery: readonly Exhibit[] = [
  lostUpdate,
  checkThenAct,
  deadlock,
  lostWakeUp,
  missedNotification,
  starvation,
  doubleClose,
  useAfterClose,
  leakOnCancel,
  aba,
  thunderingHerd,
  assumedOrder,
];
