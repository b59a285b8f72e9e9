/** One value of each kind, by what it is called: to be tried as an argument of everything that is exported. */
export const kinds = {
  undefined: undefined,
  null: null,
  0: 0,
  "-1": -1,
  1.5: 1.5,
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  string: "x",
  boolean: true,
  bigint: 5n,
  symbol: Symbol("s"),
  object: {},
  array: [],
  function: () => {},
};
