/** True if files run on Node; the matrix names other runtimes. */
export declare const onNode: boolean;

/**
 * Runs a JavaScript file in a process of its own, and gives what it wrote. Rejects if it fails, or goes on for 20 s.
 * `test`: by the runtime's own command for tests.
 */
export declare const runFile: (
  path: string,
  options?: { readonly cwd?: string; readonly test?: boolean },
) => Promise<{ readonly stdout: string; readonly stderr: string }>;
