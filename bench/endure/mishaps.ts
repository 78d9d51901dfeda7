import type { Random } from '../../shared/platform/clock';
import { functionNames } from '../../shared/app/deploy/functions';
import type { EnduredSystem } from './endured-system';

/** How often each went wrong. */
export interface MishapCounts {
  'kills of functions': number;
  'kills of the API server': number;
  'refusals by OSS': number;
  'refusals by the API server': number;
  'changes of the clock': number;
}

/** OSS's clock is ahead or behind by up to this. */
const furthest = 180_000;
const refusals = [
  { status: 403, code: 'AccessDenied' },
  { status: 503, code: 'ServiceUnavailable' },
];

/** Makes one thing after another go wrong, some seconds apart, until told to stop. */
export class Mishaps {
  readonly counts: MishapCounts = {
    'kills of functions': 0,
    'kills of the API server': 0,
    'refusals by OSS': 0,
    'refusals by the API server': 0,
    'changes of the clock': 0,
  };
  #refuse = 0;

  constructor(
    private readonly system: EnduredSystem,
    private readonly random: Random,
  ) {
    system.gateway.rewrite = ({ path }) => {
      // Who looks whether the server answers at all is no client.
      if (this.#refuse === 0 || path.startsWith('/readyz')) return undefined;
      this.#refuse -= 1;
      this.counts['refusals by the API server'] += 1;
      const status = this.#pick([403, 404, 503]);
      const body = { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'Refused', code: status };
      return { status, contentType: 'application/json', body: Buffer.from(JSON.stringify(body)) };
    };
  }

  /** One mishap, by chance. Resolves at once but for the API server, which must be back first. */
  async one(): Promise<void> {
    const { machine, cluster } = this.system;
    const chance = this.random.fraction();
    if (chance < 0.45) {
      const working = functionNames
        .map((name) => `lifeboat-${name}`)
        .filter((name) => machine.fc.pids(name).length > 0);
      if (working.length === 0) return;
      machine.fc.kill(this.#pick(working));
      this.counts['kills of functions'] += 1;
    } else if (chance < 0.75) {
      machine.oss.faults.add({
        skip: Math.floor(this.random.fraction() * 20),
        fault: { kind: 'status', ...this.#pick(refusals) },
      });
      this.counts['refusals by OSS'] += 1;
    } else if (chance < 0.87) {
      this.#refuse += 1;
    } else if (chance < 0.95) {
      this.system.oss.ahead = Math.round((2 * this.random.fraction() - 1) * furthest);
      this.counts['changes of the clock'] += 1;
    } else {
      this.counts['kills of the API server'] += 1;
      await cluster.killApiServer(5_000);
    }
  }

  /** Nothing goes wrong from now on. */
  end(): void {
    this.#refuse = 0;
    this.system.machine.oss.faults.clear();
    this.system.oss.ahead = 0;
  }

  #pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.random.fraction() * from.length)]!;
  }
}
