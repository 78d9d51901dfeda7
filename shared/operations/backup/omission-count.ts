import type { Log } from '../../platform/log/log';

interface Omitted {
  resource: string;
  namespace?: string;
  name: string;
}

/** Objects named one by one per reason and resource; of the others only their number is kept. */
const named = 20;

/** Says in the log what is left out and why, without a line for each of ten thousand objects of an excluded namespace. */
export class OmissionCount {
  readonly #log: Log;
  readonly #counts = new Map<string, { resource: string; reason: string; count: number }>();

  constructor(log: Log) {
    this.#log = log;
  }

  note(reason: string, { resource, namespace, name }: Omitted): void {
    const key = `${resource} ${reason}`;
    const entry = this.#counts.get(key) ?? { resource, reason, count: 0 };
    this.#counts.set(key, entry);
    if (++entry.count <= named)
      this.#log.info(`Excluding item because ${reason}`, { resource, namespace, name });
  }

  settle(): void {
    for (const { resource, reason, count } of this.#counts.values()) {
      if (count > named) this.#log.info(`Excluded ${count} items because ${reason}`, { resource });
    }
  }
}
