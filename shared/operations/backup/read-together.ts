import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * Reads several sources at once and gives their values as they come; those of one source in its order, and as many of it in
 * a row as it has ready. Holds one value of each source that is open, which goes on when that is taken. What a source throws
 * ends the reading.
 */
export async function* readTogether<T>(
  sources: readonly (() => AsyncIterable<T>)[],
  parallel: number,
): AsyncGenerator<T, void> {
  const waiting = new Map<number, Held<T>>();
  const arrived = new Bell();
  let failure: { error: unknown } | undefined;
  let open = 0;
  let started = 0;
  let stopped = false;

  const pump = async (index: number): Promise<void> => {
    for await (const value of sources[index]!()) {
      if (stopped) return;
      const held = new Held(value);
      waiting.set(index, held);
      arrived.ring();
      await held.taken.rings();
      if (stopped) return;
    }
  };
  const worker = async (): Promise<void> => {
    open++;
    try {
      while (!stopped && !failure && started < sources.length) await pump(started++);
    } catch (error) {
      failure ??= { error };
    } finally {
      open--;
      arrived.ring();
    }
  };
  const workers = Array.from({ length: Math.min(parallel, sources.length) }, worker);

  try {
    for (let current = -1; ; ) {
      while (waiting.size === 0 && open > 0 && !failure) await arrived.rings();
      if (failure) throw failure.error;
      if (waiting.size === 0) return;
      if (!waiting.has(current)) current = Math.min(...waiting.keys());
      const { value, taken } = waiting.get(current)!;
      waiting.delete(current);
      taken.ring();
      // Its source's next request is on its way before the value is worked on, which keeps the event loop for a while.
      await nextTurn();
      yield value;
    }
  } finally {
    stopped = true;
    for (const { taken } of waiting.values()) taken.ring();
    await Promise.all(workers);
  }
}

class Held<T> {
  readonly taken = new Bell();

  constructor(readonly value: T) {}
}

/** Wakes whoever waits for something to have changed. */
class Bell {
  #wake: (() => void)[] = [];

  rings(): Promise<void> {
    return new Promise((resolve) => this.#wake.push(resolve));
  }

  ring(): void {
    const wake = this.#wake;
    this.#wake = [];
    for (const one of wake) one();
  }
}
