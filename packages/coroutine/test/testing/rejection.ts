import { expect } from "vitest";
import { TestFailedError } from "../../src/testing/index.ts";

/** What a test rejects with. Fails if it does not, or with anything that is no finding. */
export async function rejection<E extends TestFailedError = TestFailedError>(running: Promise<unknown>): Promise<E> {
  const error = await running.then(
    () => expect.unreachable("it did not fail"),
    (error: unknown) => error,
  );
  if (error instanceof TestFailedError) return error as E;
  throw error;
}
