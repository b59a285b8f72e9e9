/*
 * Runs the Promises/A+ suite against the built package and prints what came of it as one line of JSON.
 * Usage: node aplus.mjs event | virtual
 */
import { Future } from "@skein/future";
import { VirtualLoop } from "@skein/future/testing";
import { EventLoop } from "@skein/loop";
import promisesAplusTests from "promises-aplus-tests";

const onError = () => {}; // the suite leaves rejections unheard by the hundred
const virtual = new VirtualLoop({ onError, onReady: () => setImmediate(() => virtual.runUntilIdle()) });
const loop = process.argv[2] === "virtual" ? virtual : new EventLoop({ onError });

if (loop !== virtual) loop.start();

// To the suite, to resolve is to adopt; here that is what `then` does, while `resolve` takes values as they are (F6).
const adopting = (value) => Future.resolve(undefined, { loop }).then(() => value);
const mayAdopt = (value) => Object(value) === value && "then" in value;

const adapter = {
  resolved: (value) => (mayAdopt(value) ? adopting(value) : Future.resolve(value, { loop })),
  rejected: (reason) => Future.reject(reason, { loop }),
  deferred() {
    const { future, resolve, reject } = Future.withResolvers({ loop });
    return {
      promise: future,
      reject,
      resolve: (value) => void (mayAdopt(value) ? adopting(value).then(resolve, reject) : resolve(value)),
    };
  },
};

const seen = { passed: 0, failed: [] };
function Count(runner) {
  runner.on("pass", () => seen.passed++);
  runner.on("fail", (test, error) => seen.failed.push(`${test.fullTitle()}: ${error.message}`));
}
// The suite's own limit of 200 ms a test is too short for a machine that is busy.
promisesAplusTests(adapter, { reporter: Count, timeout: 20_000 }, () => {
  process.stdout.write(JSON.stringify(seen));
});
