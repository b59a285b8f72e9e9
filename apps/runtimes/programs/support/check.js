/** Runs the checks of a conformance kit, says which failed, and that there were some. */
export async function check(what, checks) {
  let failed = 0;
  for (const { name, run } of checks) {
    try {
      await run();
    } catch (error) {
      failed++;
      console.log(`${what}: ${name}: ${error}`);
    }
  }
  console.log(`${what}:`, checks.length > 3 ? `${failed} failed` : "hardly any checks");
}
