import { describe, expect, test } from "vitest";
import { type GroupError, group, type Operation, TimeoutError } from "../src/index.ts";
import { caught, lab } from "./support.ts";

class NotFound extends Error {}

/** The error of: outer { range, inner { not found, range }, a string }. */
function failure(): { readonly error: GroupError; readonly errors: readonly unknown[] } {
  const errors = [new RangeError("far"), new NotFound("user"), new RangeError("farther"), "a string"] as const;
  function* fail(error: unknown): Operation<void> {
    throw error;
  }
  let error: unknown;
  lab().play(function* () {
    error = yield* caught(() =>
      group(
        function* (g) {
          g.spawn(() => fail(errors[0]));
          g.spawn(() =>
            group(
              function* (inner) {
                inner.spawn(() => fail(errors[1]));
                inner.spawn(() => fail(errors[2]));
              },
              { name: "inner" },
            ),
          );
          g.spawn(() => fail(errors[3]));
        },
        { name: "outer" },
      ),
    );
  });
  return { error: error as GroupError, errors };
}

/** `outer(far, inner(user))` */
const shape = (error: unknown): string =>
  error === undefined
    ? "nothing"
    : (error as GroupError).errors === undefined
      ? String((error as Error).message ?? error)
      : `${(error as GroupError).group}(${(error as GroupError).errors.map(shape).join(", ")})`;

describe("a GroupError", () => {
  test("pick gives the errors of a class, of nested groups too, as the objects that they are", () => {
    const { error, errors } = failure();
    expect(shape(error)).toBe("outer(far, a string, inner(user, farther))");
    expect(error.pick(RangeError)).toEqual([errors[0], errors[2]]);
    expect(error.pick(NotFound)[0]).toBe(errors[1]);
    expect(error.pick(Error)).toHaveLength(3);
    expect(error.pick(TimeoutError)).toEqual([]);
  });

  test("pick takes a predicate: an arrow, or a function of the old kind", () => {
    const { error } = failure();
    expect(error.pick((one) => one === "a string")).toEqual(["a string"]);
    const isLong = (one: unknown): boolean => String((one as Error).message).length > 4;
    expect(error.pick(isLong).map(shape)).toEqual(["a string", "farther"]);
  });

  test("split parts it in two, nested as it was, and each error is in one of them", () => {
    const { error } = failure();
    expect(error.split(RangeError).map(shape)).toEqual(["outer(far, inner(farther))", "outer(a string, inner(user))"]);
    expect(error.split(NotFound).map(shape)).toEqual(["outer(inner(user))", "outer(far, a string, inner(farther))"]);
    expect(error.split(TimeoutError).map(shape)).toEqual(["nothing", shape(error)]);
    expect(error.split(() => true).map(shape)).toEqual([shape(error), "nothing"]);
    const [ranges] = error.split(RangeError);
    expect(ranges).toMatchObject({ name: "GroupError", code: "GROUP", cause: error.cause });
    expect(ranges?.message).toBe('Group "outer" failed: far (and 1 more)');
  });

  test("of a child three groups down tells the path of names", () => {
    let end: unknown;
    lab().play(function* () {
      end = yield* caught(() =>
        group(
          function* (a) {
            a.spawn(function* checkout() {
              yield* group(
                function* (b) {
                  b.spawn(function* charge() {
                    yield* group(
                      function* (c) {
                        c.spawn(function* card() {
                          throw new Error("declined");
                        });
                      },
                      { name: "payment" },
                    );
                  });
                },
                { name: "order" },
              );
            });
          },
          { name: "shop" },
        ),
      );
    });
    expect((end as Error).message).toBe('Group "shop" failed: Group "order" failed: Group "payment" failed: declined');
  });
});
