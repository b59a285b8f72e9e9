/**
 * A promise and the function that fulfils it, made by hand since Node 20 has no `Promise.withResolvers`. It leaves the
 * rejecting function out, as a program in a hurry would: no slower a peer than it has to be.
 */
export function nativeResolvers<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((yes) => {
    resolve = yes;
  });
  return { promise, resolve };
}
