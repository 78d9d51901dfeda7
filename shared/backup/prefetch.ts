export interface PrefetchOptions<T> {
  /** Sources read at once. */
  parallel: number;
  /** Weight that may wait to be taken, over all sources; the one being taken from always gets two values through. */
  budget: number;
  weigh(value: T): number;
}

/**
 * Reads several sources at once and gives their values in the order of the sources, so that what is made of them does not
 * depend on timing. Memory is bounded by `budget`. What a source throws is thrown in its turn.
 */
export async function* prefetchInOrder<T>(
  sources: readonly (() => AsyncIterable<T>)[],
  { parallel, budget, weigh }: PrefetchOptions<T>,
): AsyncGenerator<T, void> {
  const lanes = sources.map((open) => new Lane<T>(open));
  let waiting = 0;
  let head = 0;
  let started = 0;
  let stopped = false;
  const taken = new Bell();

  const mayPush = (index: number) => waiting < budget || (index === head && lanes[index]!.values.length < 2);
  const pump = async (index: number): Promise<void> => {
    const lane = lanes[index]!;
    try {
      for await (const value of lane.open()) {
        while (!stopped && !mayPush(index)) await taken.rings();
        if (stopped) return;
        waiting += weigh(value);
        lane.values.push(value);
        lane.filled.ring();
      }
    } catch (error) {
      lane.failure = { error };
    } finally {
      lane.ended = true;
      lane.filled.ring();
    }
  };
  const worker = async (): Promise<void> => {
    while (!stopped && started < lanes.length) await pump(started++);
  };
  const workers = Array.from({ length: Math.min(parallel, lanes.length) }, worker);

  try {
    for (; head < lanes.length; head++) {
      const lane = lanes[head]!;
      taken.ring();
      for (;;) {
        while (lane.values.length === 0 && !lane.ended) await lane.filled.rings();
        const value = lane.values.shift();
        if (value === undefined) break;
        waiting -= weigh(value);
        taken.ring();
        yield value;
      }
      if (lane.failure) throw lane.failure.error;
    }
  } finally {
    stopped = true;
    taken.ring();
    await Promise.all(workers);
  }
}

class Lane<T> {
  readonly values: T[] = [];
  readonly filled = new Bell();
  ended = false;
  failure?: { error: unknown };

  constructor(readonly open: () => AsyncIterable<T>) {}
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
