/** One value of each kind, by what it is called: to be tried as an argument of everything that is exported. */
export declare const kinds: Readonly<Record<string, unknown>>;
