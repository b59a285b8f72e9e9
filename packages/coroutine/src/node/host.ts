/**
 * What of Node is used here, asked for at run time: in a browser there is none of it, and a bundler has nothing to
 * resolve. (`process.getBuiltinModule` is in Node from 20.16.)
 */
export interface InspectorSession {
  connect(): void;
  disconnect(): void;
  on(event: string, listener: (message: { readonly params: object }) => void): void;
  post(method: string, params: object, callback: (error: Error | null, result: object) => void): void;
}

export interface Inspector {
  readonly Session: new () => InspectorSession;
}

interface NodeModules {
  readonly "node:inspector": Inspector;
  readonly "node:module": { findSourceMap?(path: string): SourceMap | undefined };
  readonly "node:url": { fileURLToPath(url: string): string; pathToFileURL(path: string): { readonly href: string } };
}

interface SourceMap {
  findEntry(
    line: number,
    column: number,
  ): { readonly originalSource?: string; readonly originalLine?: number; readonly originalColumn?: number };
}

interface NodeProcess {
  getBuiltinModule?(id: string): unknown;
  on(signal: string, listener: () => void): void;
  off(signal: string, listener: () => void): void;
}

/** Node's `process`; undefined elsewhere. */
export function nodeProcess(): NodeProcess | undefined {
  const found = (globalThis as { process?: Partial<NodeProcess> }).process;
  return typeof found?.on === "function" ? (found as NodeProcess) : undefined;
}

/** A module that Node brings along; undefined where there is none. */
export function nodeModule<Id extends keyof NodeModules>(id: Id): NodeModules[Id] | undefined {
  return nodeProcess()?.getBuiltinModule?.(id) as NodeModules[Id] | undefined;
}
