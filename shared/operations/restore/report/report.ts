import type { Clock } from '../../../platform/clock';
import type { Log } from '../../../platform/log/log';
import { placeName } from '../../../formats/manifests/object-name';
import type { RestoreVolumeInfo } from '../../../formats/manifests/velero';
import type { RunProgress } from '../../../formats/manifests/run';
import { ResourceListBuilder } from '../../../formats/vault/side-files/resource-list';
import { type ResultScope, ResultsCollector } from '../../../formats/vault/side-files/results';
import { RunLog } from '../../../formats/vault/side-files/run-log';
import type { Detail, ObjectOutcome, Outcome, Subject } from './outcome';
import { OutcomeLines } from './outcome-lines';

/** Velero's words in `-resource-list.json.gz`; it has none for a deletion. */
const veleroAction: Record<Outcome, string | undefined> = {
  created: 'created',
  updated: 'updated',
  recreated: 'created',
  same: 'skipped',
  different: 'skipped',
  skipped: 'skipped',
  drifted: 'skipped',
  deleted: undefined,
  failed: 'failed',
};

/** Gathers what a restore did, object by object, in bounded memory, and says how far it is. */
export class Report {
  readonly results = new ResultsCollector();
  readonly resources = new ResourceListBuilder();
  readonly lines = new OutcomeLines();
  readonly log: RunLog;
  /** Claims that got their data from a snapshot. */
  readonly volumes: RestoreVolumeInfo[] = [];
  readonly counts: Record<string, number> = {};
  #done = 0;
  #phase = '';
  #total: number | undefined;

  constructor(
    restore: string,
    clock: Clock,
    private readonly report: (progress: Omit<RunProgress, 'at'>) => void,
    also?: Log,
    private readonly heard?: (outcome: ObjectOutcome) => void,
  ) {
    this.log = new RunLog({ clock, fields: { restore: `velero/${restore}` }, also });
  }

  /** A stage begins. */
  phase(phase: string, message?: string): void {
    this.#phase = phase;
    this.log.info(message ?? phase);
    this.#say(message);
  }

  expect(total: number): void {
    this.#total = total;
  }

  /** How far a stage is that has no outcomes. */
  tick(done: number): void {
    this.report({ phase: this.#phase, done });
  }

  /** What the restore waits for. */
  waiting(message: string): void {
    this.log.info(message);
    this.#say(message);
  }

  outcome(
    subject: Subject,
    outcome: Outcome,
    reason?: string,
    { quiet = false, detail }: { quiet?: boolean; detail?: Detail } = {},
  ): void {
    this.counts[outcome] = (this.counts[outcome] ?? 0) + 1;
    const action = veleroAction[outcome];
    if (action !== undefined) this.resources.add({ ...subject, outcome: action });
    const line: ObjectOutcome = { ...subject, outcome, reason, ...detail };
    this.lines.add(line);
    this.heard?.(line);
    this.#logOutcome(subject, outcome, reason, quiet);
    if (++this.#done % 100 === 0) this.#say();
  }

  /** Something that the user must know and that does not fail the restore. */
  warn(message: string, namespace?: string): void {
    this.results.warn(message, scopeOf(namespace));
    this.log.warn(message, { namespace });
  }

  /** Something that makes the restore PartiallyFailed. */
  error(message: string, namespace?: string): void {
    this.results.error(message, scopeOf(namespace));
    this.log.error(message, { namespace });
  }

  #logOutcome(subject: Subject, outcome: Outcome, reason: string | undefined, quiet: boolean): void {
    const { groupResource, namespace, name, kind } = subject;
    const place = placeName(subject);
    const scope = namespace ?? '';
    if (outcome === 'failed' && !quiet) {
      this.error(`error restoring ${groupResource}/${place}: ${reason}`, scope);
    } else if (outcome === 'different') {
      this.warn(
        `could not restore, ${kind}:${name} already exists. Warning: the in-cluster version is different than the backed-up version: ${reason}`,
        scope,
      );
    } else if (outcome === 'drifted') {
      this.warn(`${groupResource}/${place} was left alone: ${reason}`, scope);
    } else {
      this.log.info(`${outcome} ${groupResource} ${place}${reason ? `: ${reason}` : ''}`, { namespace });
    }
  }

  #say(message?: string): void {
    this.report({ phase: this.#phase, done: this.#done, total: this.#total, message });
  }
}

/** The empty namespace stands for cluster-scoped objects. */
function scopeOf(namespace: string | undefined): ResultScope {
  if (namespace === undefined) return 'velero';
  return namespace === '' ? 'cluster' : { namespace };
}
