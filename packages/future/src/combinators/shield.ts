import type { Future } from "../future.ts";
import { settleLike } from "../internal.ts";
import type { FutureOptions } from "../options.ts";
import { gather } from "./gather.ts";
import { type Member, type MemberValue, readMembers } from "./members.ts";

/**
 * A second receipt for the same thing, to hand to code that might cancel what it gets: it ends as `member` does, and
 * cancelling it leaves `member` alone, with no trace of it. (Waiting needs no shield: it never cancels.)
 *
 * @throws {TypeError} If `member` cannot be waited for.
 * @example
 * ```ts
 * import { Future, shield } from "@skein/future";
 *
 * const upload = Future.withResolvers<string>({ name: "upload" });
 * const view = shield(upload.future);
 * view.cancel("closed"); // the view is gone, the upload is not
 * upload.resolve("stored");
 * console.log(view.state, await upload.future); // "cancelled" "stored"
 * ```
 */
export function shield<M extends Member<unknown>>(member: M, options?: FutureOptions): Future<MemberValue<M>> {
  return gather<MemberValue<M>>(readMembers("shield", [member], options), {
    name: options?.name,
    onSettled: (target, settled) => void settleLike(target, settled as Future<MemberValue<M>>),
  });
}
