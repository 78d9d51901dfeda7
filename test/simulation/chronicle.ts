import type { MemoryBucket } from '../harness/memory-bucket';
import { type Actor, actor } from './actor';

/** What an attempt put into its backup; known to whoever made it, not read from what was written. */
export interface Content {
  schedule?: string;
  cluster: string;
  clusterUid: string;
  phase: 'Completed' | 'PartiallyFailed';
  items: number;
  /** Milliseconds. */
  ttl: number;
}

/** A backup whose commit stands. */
export interface Committed extends Content {
  name: string;
  /** By OSS's clock. */
  at: number;
}

/** A run, by the objects that were seen to be written. `order` counts all events, as many have the same time. */
export interface RunHistory {
  asked: { at: number; order: number; by: Actor | undefined };
  ended?: { at: number; order: number; phase: string; reason?: string };
}

interface Removal {
  name: string;
  at: number;
  by: Actor | undefined;
}

/** Everything that becomes of backups, seen from outside: by what is written to the buckets and deleted from them. */
export interface Chronicle {
  /** Of this moment. */
  order(): number;
  backups: Map<string, RunHistory>;
  /** What each running attempt is about to commit. */
  attempts: Map<Actor, Content>;
  committed: Map<string, Committed>;
  /** Whose manifest lies in the vault. */
  visible: Set<string>;
  /** Manifests that were deleted, first to last. */
  hidden: Map<string, Removal>;
  /** Other objects of backups that were deleted. */
  contents: Removal[];
  /** Called when a backup is asked for. */
  onAsked(name: string, run: RunHistory): void;
}

const manifestKey = /^vault\/backups\/([^/]+)\/velero-backup\.json$/;
const contentKey = /^vault\/backups\/([^/]+)\/./;
const runKey = /^state\/runs\/backups\/([^/]+)\/(request|commit|result)\.json$/;

export function chronicleOf(state: MemoryBucket, vault: MemoryBucket): Chronicle {
  let order = 0;
  const chronicle: Chronicle = {
    order: () => order,
    backups: new Map(),
    attempts: new Map(),
    committed: new Map(),
    visible: new Set(),
    hidden: new Map(),
    contents: [],
    onAsked: () => {},
  };
  const now = () => state.now.getTime();

  state.onWrite = (key) => {
    order += 1;
    const [, name, what] = runKey.exec(key) ?? [];
    if (!name) return;
    const by = actor();
    if (what === 'request') {
      const run = { asked: { at: now(), order, by } };
      chronicle.backups.set(name, run);
      chronicle.onAsked(name, run);
    } else if (what === 'commit') {
      const content = by && chronicle.attempts.get(by);
      if (!content) throw new Error(`${name} was committed by nobody that is known`);
      chronicle.committed.set(name, { ...content, name, at: now() });
    } else {
      const { phase, reason } = JSON.parse(state.objects.get(key)!.body.toString());
      chronicle.backups.get(name)!.ended = { at: now(), order, phase, reason };
    }
  };
  vault.onWrite = (key) => {
    order += 1;
    const [, name] = manifestKey.exec(key) ?? [];
    if (name) chronicle.visible.add(name);
  };
  const there = new Set<string>();
  const before = vault.before;
  vault.before = async (operation, key) => {
    await before(operation, key);
    if (operation === 'delete' && vault.objects.has(key)) there.add(key);
  };
  vault.after = (operation, key) => {
    if (operation !== 'delete' || !there.delete(key)) return;
    order += 1;
    const [, manifestOf] = manifestKey.exec(key) ?? [];
    const [, contentOf = ''] = contentKey.exec(key) ?? [];
    const removal = { at: now(), by: actor() };
    if (manifestOf) {
      chronicle.visible.delete(manifestOf);
      chronicle.hidden.set(manifestOf, { ...removal, name: manifestOf });
    } else if (contentOf) chronicle.contents.push({ ...removal, name: contentOf });
  };
  return chronicle;
}
