import { describe, expect, it } from '@jest/globals';
import { type Replication, replicationSchema } from '../../../../shared/formats/manifests/replication';
import {
  type ManifestFolder,
  manifestFolder,
} from '../../../../shared/formats/state/manifests/manifest-folder';
import { replications } from '../../../../shared/formats/state/manifests/replications';
import { supersededKept } from '../../../../shared/formats/state/manifests/superseded';
import type { ListOptions, ListPage, ObjectStore } from '../../../../shared/platform/oss/port';
import { FakeClock } from '../../../harness/fake-clock';
import { type Choose, everyOrder, interleave } from '../../../harness/interleave';
import { MemoryBucket } from '../../../harness/memory-bucket';
import { MemoryStore } from '../../../harness/memory-store';
import { chance } from '../../../simulation/chance';
import { rule } from '../../operations/replication/rules';
import {
  type Act,
  create,
  type Deed,
  edit,
  isInSomeOrder,
  label,
  list,
  original,
  pause,
  read,
  remove,
  told,
  unpause,
  unsure,
} from './manifest-histories';

type Open = (store: ObjectStore) => ManifestFolder<Replication>;

/** Without a look at other rules, which adds requests and nothing else. */
const plainFolder: Open = (store) =>
  manifestFolder(store, { folder: 'replications/', word: 'replication', schema: replicationSchema });

/** Lists by pages of two, with a request for each, so that others act between the pages. */
const pagedFolder: Open = (store) => {
  const { memory, prefix, hooks } = store as MemoryStore;
  return plainFolder(new PagedStore(memory, prefix, hooks));
};

class PagedStore extends MemoryStore {
  override async *list(prefix: string, options: ListOptions = {}): AsyncGenerator<ListPage> {
    let { after } = options;
    for (;;) {
      for await (const page of super.list(prefix, { ...options, after })) {
        const objects = page.objects.slice(0, 2);
        yield { ...page, objects };
        if (page.objects.length <= 2) return;
        after = objects.at(-1)!.key;
      }
    }
  }
}

const minute = 60_000;
const someTime = 40 * minute;
const longTime = 3 * 24 * 60 * minute;

/** How the rule came to stand before anything happens at once. */
const beginnings: Record<string, (made: Made) => Promise<Replication | undefined>> = {
  async 'that is not there'() {
    return undefined;
  },
  async 'that an earlier release left'({ bucket }) {
    bucket.write('replications/standby.json', Buffer.from(JSON.stringify(original)));
    return original;
  },
  async 'that was changed before'({ folder }) {
    await folder.create(rule('standby', 'a', ['b'], { paused: true }));
    return folder.change('standby', () => original);
  },
  async 'whose next number is longer'({ folder }) {
    await folder.create(original);
    for (let number = 2; number <= 9; number += 1)
      await folder.change('standby', (now) => ({ ...now, spec: { ...now.spec, paused: number % 2 === 0 } }));
    return folder.find('standby');
  },
  async 'that was changed long ago'({ folder, clock }) {
    await folder.create(rule('standby', 'a', ['b'], { paused: true }));
    await folder.change('standby', () => rule('standby', 'a', ['b', 'c']));
    clock.freeze(longTime);
    await folder.change('standby', () => original);
    clock.freeze(longTime);
    return original;
  },
  async 'that was deleted before'({ folder }) {
    await folder.create(original);
    await folder.remove('standby');
    return undefined;
  },
  async 'that was deleted long ago'({ folder, clock }) {
    await folder.create(original);
    await folder.remove('standby');
    clock.freeze(longTime);
    await folder.create(rule('other', 'a', ['b']));
    return undefined;
  },
};

interface Made {
  bucket: MemoryBucket;
  clock: FakeClock;
  folder: ManifestFolder<Replication>;
}

/** Plays processes, each with acts one after another, and throws unless what they came to is possible one by one. */
async function play(
  beginning: string,
  processes: readonly (readonly Act[])[],
  open: Open,
  choose: (clock: FakeClock) => Choose,
): Promise<Made> {
  const clock = new FakeClock();
  const bucket = new MemoryBucket(clock);
  const made = { bucket, clock, folder: open(bucket.store()) };
  const first = await beginnings[beginning]!(made);
  const deeds: Deed[] = [];
  const runs = processes.map((acts, process) => async (store: ObjectStore, step: () => number) => {
    for (const act of acts) {
      const deed: Deed = { process, act, from: step() };
      deeds.push(deed);
      deed.outcome = await act
        .run(open(store))
        .catch(({ kind, message }) => (message.includes('may or may not') ? unsure : kind));
      deed.to = step();
    }
  });
  await interleave(bucket, runs, choose(clock));
  const last = await made.folder.find('standby');
  if (!isInSomeOrder(deeds, first, last))
    throw new Error(`${beginning}\n${told(deeds)}\nends as ${JSON.stringify(last)}`);
  return made;
}

const writes = [pause, label('x'), remove, create, edit];
const pairs = [
  ...writes.flatMap((one, index) => writes.slice(index).map((other) => [one, other] as const)),
  [read, remove],
  [read, label('x')],
  [list, create],
  [list, pause],
] as const;

describe('two processes that work on one rule at once', () => {
  it.each([
    'that is not there',
    'that an earlier release left',
    'that was changed before',
    'that was deleted before',
  ])(
    '%s come, in every order of their requests, to what they come to one after the other',
    async (beginning) => {
      for (const [one, other] of pairs)
        await everyOrder((choose) => play(beginning, [[one], [other]], plainFolder, () => choose));
    },
    60_000,
  );
});

describe('a process that dies', () => {
  it.each([pause, unpause, remove, create, edit])(
    '($name) at any of its requests, before it arrives or before the answer does, leaves what the next one goes on from',
    async (act) => {
      for (const beginning of Object.keys(beginnings))
        for (const dies of ['before', 'after'] as const)
          for (let at = 1; at <= 6; at += 1) {
            let requests = 0;
            await play(beginning, [[act], [label('x'), read]], plainFolder, () => ([process = 0]) => {
              requests += 1;
              return requests === at ? { process, dies } : { process };
            });
          }
    },
    60_000,
  );
});

describe('several processes', () => {
  /** What three do; the third changes another rule, by which superseded revisions go. */
  const tidy: Act = {
    name: 'tidy',
    run: async (folder) => {
      await folder.create(rule('third', 'a', ['b'])).catch(() => {});
      await folder.change('third', (now) => ({ ...now, spec: { ...now.spec, paused: !now.spec.paused } }));
    },
    alone: (content) => [content, undefined],
  };

  it('that stand still for minutes or days, and die, come to nothing that is not possible one by one', async () => {
    const acts = [pause, unpause, label('x'), label('y'), remove, create, edit, read, list];
    for (let seed = 1; seed <= 800; seed += 1) {
      const luck = chance(seed);
      const some = () => Array.from({ length: luck.between(1, 2) }, () => luck.pick(acts));
      const processes = [some(), some(), luck.of(0.5) ? some() : [tidy, tidy]];
      const beginning = luck.pick(Object.keys(beginnings));
      const slow = luck.pick([0, 0.1, 0.4]);
      const deadly = luck.pick([0, 0, 0.05]);
      await play(
        beginning,
        processes,
        luck.pick([replications, plainFolder, pagedFolder, pagedFolder]),
        (clock) => (waiting) => {
          if (luck.of(slow)) clock.freeze(luck.pick([minute, someTime, supersededKept + minute, longTime]));
          const process = luck.pick(waiting);
          return luck.of(deadly) ? { process, dies: luck.pick(['before', 'after'] as const) } : { process };
        },
      ).catch((error) => {
        throw new Error(`seed ${seed}: ${error.message}`);
      });
    }
  }, 120_000);

  it('leave one revision and its mark of a live rule, and a tombstone of one that is gone', async () => {
    for (let seed = 1; seed <= 100; seed += 1) {
      const luck = chance(seed);
      const some = () => Array.from({ length: 3 }, () => luck.pick([pause, label('x'), remove, create]));
      const { bucket, clock, folder } = await play(
        luck.pick(Object.keys(beginnings)),
        [some(), some()],
        plainFolder,
        () => (waiting) => ({ process: luck.pick(waiting) }),
      );
      // Twice: what is superseded loses its text first, and its key when the next one writes.
      for (let n = 0; n < 2; n += 1) {
        clock.freeze(longTime);
        await tidy.run(folder);
      }
      const keys = bucket.keys().filter((key) => key.startsWith('replications/standby.'));
      const live = (await folder.find('standby')) !== undefined;
      const [base, ...numbered] = [...keys].sort((a, b) => a.length - b.length);
      if (live) expect([base, numbered.length <= 1]).toEqual(['replications/standby.json', true]);
      else expect(keys.filter((key) => bucket.objects.get(key)!.body.length > 0)).toEqual([]);
      expect(keys.length).toBeLessThanOrEqual(live ? 2 : 1);
    }
  });
});
