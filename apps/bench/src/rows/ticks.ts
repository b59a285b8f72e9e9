/** Gives `start` a callback, and resolves once that has been called `count` times. */
export const ticks = (count: number, start: (tick: () => void) => void): Promise<void> =>
  new Promise((resolve) => {
    let left = count;
    start(() => {
      if (--left === 0) resolve();
    });
  });
