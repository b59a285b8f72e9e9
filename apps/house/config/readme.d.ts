/** A `ts` block of a README. */
export interface Example {
  /** `README.md:12`: the file, and the line where the block begins. */
  readonly name: string;
  /** The package's folder. */
  readonly folder: string;
  readonly code: string;
  /** What the `text` block after it says it prints; undefined if there is none. */
  readonly prints: string | undefined;
}

/** Every `ts` block of the package's README, or of another file in its folder. */
export declare const examplesIn: (folder: string, file?: string) => Example[];

/** Runs an example in a process of its own, on the built package. Rejects if it fails; gives what it printed. */
export declare const runExample: (example: Example) => Promise<string>;
