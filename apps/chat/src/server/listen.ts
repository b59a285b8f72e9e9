import type { Server } from "node:http";
import { type Operation, until } from "@skein/coroutine";

/** The server cannot listen where it should. The message says what to do. */
export class ListenError extends Error {
  constructor(host: string, port: number, why: string, cause: unknown) {
    super(`Cannot listen on ${authority(host, port)}: ${why}.`, { cause });
    this.name = "ListenError";
  }
}

/** How many ports after the first are tried. */
const TRIES = 50;

/**
 * Starts listening.
 *
 * @param fixed false: if the port is taken, the next free one will do
 * @returns the port
 * @throws {ListenError} if there is none to be had
 */
export function* listen(server: Server, host: string, port: number, fixed: boolean): Operation<number> {
  for (let tried = port; ; tried++) {
    try {
      yield* until(() => listening(server, host, tried));
      const address = server.address();
      return typeof address === "object" && address !== null ? address.port : tried;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EADDRINUSE" && !fixed && tried < Math.min(port + TRIES, 65_535)) continue;
      throw new ListenError(host, tried, REASONS[code ?? ""] ?? (error as Error).message, error);
    }
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: "the port is taken; stop the program that has it, or set PORT to a free one",
  EACCES: "this user may not use the port; set PORT to one above 1023",
  EADDRNOTAVAIL: "this machine does not have the address; set HOST to one that it has, such as 127.0.0.1",
  ENOTFOUND: "the host name is not known; set HOST to an address of this machine, such as 127.0.0.1",
  EAI_AGAIN: "the host name is not known; set HOST to an address of this machine, such as 127.0.0.1",
};

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port }, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

/** Where a browser on this machine finds a server that listens there. */
export function urlOf(host: string, port: number): string {
  const reachable = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
  return `http://${authority(reachable, port)}`;
}

function authority(host: string, port: number): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}
