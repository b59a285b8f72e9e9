import type { TaskGroup, Wait } from "@skein/coroutine";
import { StoppedError } from "../errors.ts";
import type { End, Host, Source, Streamable } from "../source.ts";
import { type PipeTarget, pipe } from "../terminals/pipe-to.ts";

/** A run that its target can end, also while the source is silent: it is then stopped by its peer. (S7) */
export class Leash<T> implements Streamable<T> {
  readonly tasks: boolean;
  readonly open: Streamable<T>["open"];
  private host: Host | null = null;
  private gone: { readonly reason: unknown } | null = null;

  constructor(stream: Streamable<T>) {
    this.tasks = stream.tasks;
    this.open = (host, sink) => {
      this.host = host;
      return this.guard(stream.open(host, sink));
    };
  }

  /** The target is gone, because of `reason`. */
  cut(reason: unknown): void {
    this.gone ??= { reason };
    this.host?.wake();
  }

  private get end(): End {
    return { kind: "stopped", by: "peer", reason: this.gone?.reason };
  }

  private guard(source: Source): Source {
    return {
      pump: (budget) => {
        if (this.gone !== null) throw new StoppedError("the target is gone", this.end);
        return source.pump(budget);
      },
      close: (end) => source.close(this.gone === null ? end : this.end),
    };
  }

  /** Pipes to `target`. @throws Its reason, if the target has gone; else as `pipe`. */
  *pipe(target: PipeTarget<T>, owner: TaskGroup | null): Generator<Wait, void, unknown> {
    try {
      yield* pipe(this, target, owner);
    } catch (error) {
      throw this.gone === null ? error : this.gone.reason;
    }
  }
}
