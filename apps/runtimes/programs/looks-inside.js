// What a task waits for is told anywhere; its variables by Node's inspector alone, and elsewhere a sentence says so.
import { coroutine, run, sleep } from "@skein/coroutine";
import { dump, inspect } from "@skein/coroutine/inspect";

const baker = run(
  function* () {
    yield* sleep(60_000);
  },
  { name: "baker" },
);
await new Promise((resolve) => setTimeout(resolve, 1));
console.log(inspect(baker).name, inspect(baker).state, inspect(baker).waitingFor);
console.log(dump());

const counter = coroutine(function* () {
  for (let count = 1; ; count++) yield count;
})();
counter.tryNext();
const { state, locals, unavailable } = inspect(counter);
console.log(state, locals ? locals.count === 1 : /only Node's inspector/.test(unavailable));
console.log(dump({ locals: true }).includes(unavailable ?? "  at "), baker.stack().includes("at "));
baker.cancel();
/* prints:
baker waiting sleep(60000)
baker [waiting]; waits for sleep(60000)
  group "baker"
suspended true
true true
*/
