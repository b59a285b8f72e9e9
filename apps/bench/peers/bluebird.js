import Bluebird from "bluebird";

/** A promise and the function that fulfils it. */
const withResolvers = () => {
  /** @type {(value: unknown) => void} */
  let resolve = () => {};
  const promise = new Bluebird((yes) => {
    resolve = yes;
  });
  return { promise, resolve };
};

/** @type {import("../src/peer-jobs.ts").BluebirdJobs} */
export const jobs = {
  // Its scheduler has no entry of its own: this is the least that goes through it.
  callbacks(count, tick) {
    const done = Bluebird.resolve();
    for (let i = 0; i < count; i++) done.then(tick);
  },

  handOff: (count) =>
    new Bluebird((resolve) => {
      let left = count;
      const step = () => {
        if (left-- === 0) return resolve();
        const next = withResolvers();
        next.promise.then(step);
        next.resolve(left);
      };
      step();
    }),

  async races(count, kept) {
    const longLived = withResolvers();
    kept.push(longLived);
    for (let i = 0; i < count; i++) {
      const short = withResolvers();
      const winner = Bluebird.race([longLived.promise, short.promise]);
      short.resolve(i);
      await winner;
    }
  },

  pending(count, kept) {
    for (let i = 0; i < count; i++) kept.push(withResolvers());
  },
};
