import { from as fromAsync } from "ix/asynciterable";
import { publish } from "ix/asynciterable/operators";
import { from, reduce } from "ix/iterable";
import { filter, map } from "ix/iterable/operators";

/** @param {number} sum @param {number} n */
const add = (sum, n) => sum + n;

/** @type {import("../src/peer-jobs.ts").IxJobs} */
export const jobs = {
  sum: async (numbers) =>
    reduce(
      from(numbers).pipe(
        map((n) => n * 2),
        filter((n) => n % 3 === 0),
      ),
      { callback: add, seed: 0 },
    ),

  async share(numbers, readers) {
    const shared = fromAsync(numbers).pipe(publish());
    const read = async () => {
      let sum = 0;
      for await (const n of shared) sum += n;
      return sum;
    };
    return (await Promise.all(Array.from({ length: readers }, read))).reduce(add, 0);
  },
};
