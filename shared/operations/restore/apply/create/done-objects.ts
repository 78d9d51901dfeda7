import { createHash } from 'node:crypto';
import * as v from 'valibot';
import type { Clock } from '../../../../platform/clock';
import type { KubeObject } from '../../../../platform/kubernetes/kube-object';
import { isKind } from '../../../../platform/errors';
import { parse } from '../../../../platform/input/parse';
import { documentBytes, readJson } from '../../../../formats/state/json-object';
import type { ObjectStore } from '../../../../platform/oss/port';
import type { ItemRef } from '../../../../formats/vault/archive-types';
import { PathSet } from '../../../../formats/vault/untrusted/path-set';
import { restoreLabel } from '../../transform/restore-labels';

/** What a restore may do to an object of the cluster. */
const outcomes = ['created', 'updated', 'recreated'] as const;
export type Done = (typeof outcomes)[number];

const startSchema = v.object({ kind: v.literal('RestoreStart'), since: v.optional(v.string()) });

/** Milliseconds between two records: what a killed worker did since the last one is not recorded. */
const interval = 1_000;

/** Where the run keeps what it has done. Without it (a rehearsal) nothing is read or written. */
export interface DoneStore {
  /** Bound to the run's folder. */
  run: ObjectStore;
  restore: string;
  clock: Clock;
  /** Number of the attempt: no other recorded anything before the first. */
  attempt: number;
}

/**
 * What a restore has made and changed, over all its attempts: by the uid of the object in the cluster and by its place in
 * the archive, so that neither a copied label nor a second object of the same name is taken for it. Each attempt records it
 * once a second and at its end, in `done/<restore>-<n>`; the first of these says when the restore began.
 */
export class DoneObjects {
  readonly #earlier = new PathSet();
  readonly #unanswered = new PathSet();
  #pending: string[] = [];
  #next = 1;
  #flushed = Number.NEGATIVE_INFINITY;
  #since: number | undefined;
  #hasEarlier = false;

  /** @param store absent in a rehearsal */
  constructor(
    private readonly labels: Record<string, string>,
    private readonly store?: DoneStore,
  ) {}

  /**
   * Reads what earlier attempts recorded. Call it before anything is written to the cluster.
   * @param now by the API server's clock; undefined where it is not known
   */
  async begin(now: string | undefined): Promise<void> {
    if (!this.store) return;
    const { run, clock, attempt } = this.store;
    this.#flushed = clock.monotonic();
    const started = attempt > 1 ? await readJson(run, this.#key(0)) : undefined;
    if (!started) {
      await this.#create(0, documentBytes({ kind: 'RestoreStart', since: now }));
      this.#since = timeOf(now);
      return;
    }
    this.#hasEarlier = true;
    this.#since = timeOf(parse(startSchema, started.value, `${run.name}${this.#key(0)}`).since);
    for (let lines = await this.#read(); lines; lines = await this.#read()) {
      for (const line of lines) this.#earlier.add(line);
      this.#next += 1;
    }
  }

  /** What an earlier attempt did to the object of this uid, which it made of this one of the archive. */
  earlier(uid: string | undefined, item: ItemRef): Done | undefined {
    return outcomes.find((one) => this.#earlier.has(digest(one, uid, item)));
  }

  /** Records in time what was done. */
  async note(outcome: Done, uid: string | undefined, item: ItemRef): Promise<void> {
    if (!this.store || uid === undefined) return;
    this.#pending.push(digest(outcome, uid, item));
    if (this.store.clock.monotonic() - this.#flushed >= interval) await this.flush();
  }

  /** Writes what is not recorded yet. */
  async flush(): Promise<void> {
    if (!this.store || this.#pending.length === 0) return;
    const bytes = Buffer.from(`${this.#pending.join('\n')}\n`);
    this.#pending = [];
    this.#flushed = this.store.clock.monotonic();
    for (let written = false; !written; ) {
      written = await this.#create(this.#next++, bytes);
    }
  }

  /** False when there is one of this number. A role of an older deployment may write no records: the restore goes on. */
  async #create(number: number, bytes: Buffer): Promise<boolean> {
    try {
      return (await this.store!.run.create(this.#key(number), bytes)).created;
    } catch (error) {
      if (!isKind(error, 'denied')) throw error;
      return true;
    }
  }

  /** A create of this object was sent, and its answer is lost. */
  unanswered(item: ItemRef): void {
    this.#unanswered.add(digest('created', '', item));
  }

  /**
   * Whether an object that is equal may be this restore's own without being recorded: a create whose answer was lost, or
   * the last second of a killed attempt. It must have come to be since the restore began, by the API server's clock.
   */
  mayHaveMade({ creationTimestamp, labels }: KubeObject['metadata'], item: ItemRef): boolean {
    const created = timeOf(creationTimestamp);
    if (this.#since === undefined || created === undefined || created < this.#since) return false;
    if (labels?.[restoreLabel] !== this.labels[restoreLabel]) return false;
    return this.#hasEarlier || this.#unanswered.has(digest('created', '', item));
  }

  async #read(): Promise<string[] | undefined> {
    try {
      const { body } = await this.store!.run.get(this.#key(this.#next), { maxBytes: 64 * 1024 * 1024 });
      return body.toString('utf8').trimEnd().split('\n');
    } catch (error) {
      if (isKind(error, 'not-found')) return undefined;
      throw error;
    }
  }

  #key(number: number): string {
    return `done/${this.store!.restore}-${number}`;
  }
}

/** Sixteen letters for an object of the cluster, an object of the archive, and what was done. */
function digest(outcome: Done, uid: string | undefined, { groupResource, namespace, name }: ItemRef): string {
  return createHash('sha256')
    .update([outcome, uid ?? '', groupResource, namespace ?? '', name].join('\0'))
    .digest('base64url')
    .slice(0, 16);
}

/** To the second, as API servers write times; undefined for what is no time. */
function timeOf(text: string | undefined): number | undefined {
  const time = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) ? undefined : Math.floor(time / 1000);
}
