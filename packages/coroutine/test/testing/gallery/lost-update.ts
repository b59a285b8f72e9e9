/* Two who read, change and write the same number: one of the changes is lost. */
import { Lock, type Operation, scope, use } from "../../../src/index.ts";
import { type Exhibit, io, must, together } from "./exhibit.ts";

export const lostUpdate: Exhibit = {
  name: "lost update",
  within: 20,
  finding: /balance is 1/,
  *broken(root) {
    let balance = 0;
    const deposit = function* (): Operation<void> {
      const read = balance;
      yield* io();
      balance = read + 1;
    };
    yield* together(root, deposit, deposit);
    must(balance === 2, `balance is ${balance}`);
  },
  *fixed(root) {
    let balance = 0;
    const lock = new Lock();
    const deposit = () =>
      scope(function* (): Operation<void> {
        yield* use(lock);
        const read = balance;
        yield* io();
        balance = read + 1;
      });
    yield* together(root, deposit, deposit);
    must(balance === 2, `balance is ${balance}`);
  },
  async promises(io) {
    let balance = 0;
    const deposit = async () => {
      const read = balance;
      await io();
      balance = read + 1;
    };
    await Promise.all([deposit(), deposit()]);
    must(balance === 2, `balance is ${balance}`);
  },
};
