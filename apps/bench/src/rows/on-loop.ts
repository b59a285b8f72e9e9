import { EventLoop } from "@skein/loop";
import type { Round } from "../measure.ts";

/** A round on a loop of its own, which is closed after it. */
export const onLoop =
  (round: (loop: EventLoop) => number | Promise<number>): Round =>
  async () => {
    const loop = new EventLoop();
    loop.start();
    const figure = await round(loop);
    loop.close();
    return figure;
  };
