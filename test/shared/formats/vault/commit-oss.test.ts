import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type OssServer, startOssServer } from '../../../../local/oss/server';
import { openOssStore } from '../../../../shared/platform/oss/oss-store';
import type { ObjectStore, Upload } from '../../../../shared/platform/oss/port';
import { systemClock, systemRandom } from '../../../../shared/platform/system';
import { backupKeys } from '../../../../shared/formats/vault/layout';
import { attemptBackup, backup, objectsOf } from './backup-attempt';

const partBytes = 100 << 10;
const keys = backupKeys(backup);
const credentials = { accessKeyId: 'test', accessKeySecret: 'secret' };

let server: OssServer;
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lifeboat-commit-'));
  server = await startOssServer({
    directory,
    credentials: [credentials],
    buckets: [
      { name: 'state' },
      { name: 'plain' },
      { name: 'versioned', versioning: 'Enabled' },
      { name: 'worm', worm: { days: 30 } },
    ],
  });
});

afterAll(async () => {
  await server.close();
  await rm(directory, { recursive: true });
});

function store(bucket: string, prefix: string): ObjectStore {
  return openOssStore(
    { region: 'cn-hangzhou', bucket, prefix, networkType: 'public', endpoint: server.endpoint },
    { credentials: async () => credentials, allowInsecureLoopback: true },
    { clock: systemClock, random: systemRandom },
  );
}

type Gate = (moment: 'before' | 'after', step: number) => Promise<void> | void;

/** The calls that a commit makes, each with a gate before and after it. */
function gated(inner: ObjectStore, counter: { step: number }, gate: Gate): ObjectStore {
  async function pass<T>(call: () => Promise<T>): Promise<T> {
    counter.step += 1;
    const step = counter.step;
    await gate('before', step);
    const answer = await call();
    await gate('after', step);
    return answer;
  }
  const upload = (one: Upload): Upload => ({
    key: one.key,
    id: one.id,
    part: (...args) => pass(() => one.part(...args)),
    complete: (...args) => pass(() => one.complete(...args)),
    parts: () => pass(() => one.parts()),
    abort: () => pass(() => one.abort()),
  });
  return {
    name: inner.name,
    bucket: inner.bucket,
    prefix: inner.prefix,
    head: (...args) => pass(() => inner.head(...args)),
    get: (...args) => pass(() => inner.get(...args)),
    read: (...args) => inner.read(...args),
    put: (...args) => pass(() => inner.put(...args)),
    create: (...args) => pass(() => inner.create(...args)),
    list: (...args) => inner.list(...args),
    versions: (...args) => pass(() => inner.versions(...args)),
    delete: (...args) => pass(() => inner.delete(...args)),
    startUpload: (...args) => pass(async () => upload(await inner.startUpload(...args))),
    resumeUpload: (...args) => upload(inner.resumeUpload(...args)),
    uploads: (...args) => inner.uploads(...args),
    at: (...args) => gated(inner.at(...args), counter, gate),
  };
}

describe.each([
  ['plain', 1],
  ['versioned', 2],
  ['worm', 1],
])('the commit of a backup through ali-oss in a %s bucket', (bucket, firstStep) => {
  let worlds = 0;

  function world() {
    worlds += 1;
    const vault = store(bucket, `vault-${worlds}`);
    const run = store('state', `${bucket}-${worlds}/runs/backups/${backup}`);
    const holder = { attempt: 0 };
    const start = (attempt: number, gate: Gate) => {
      const counter = { step: 0 };
      return attemptBackup({
        vault: gated(vault, counter, gate),
        run: gated(run, counter, gate),
        attempt,
        holder,
        partBytes: partBytes,
      }).catch((error: Error) => error);
    };
    return { vault, start };
  }

  async function expectOneBackup(vault: ObjectStore): Promise<void> {
    const { body } = await vault.get(keys.manifest);
    const attempt = Number(/\d+$/.exec(body.toString())?.[0]);
    const expected = objectsOf(attempt, partBytes);
    const present: string[] = [];
    for await (const page of vault.list('')) present.push(...page.objects.map(({ key }) => key));
    expect(present.sort()).toEqual(Object.keys(expected).sort());
    for (const key of present) expect((await vault.get(key)).body.equals(expected[key]!)).toBe(true);
    const pending: string[] = [];
    for await (const { key } of vault.uploads('')) pending.push(key);
    expect(pending).toEqual([]);
  }

  it('is one backup wherever its worker dies, or freezes and thaws behind its successor', async () => {
    let steps = 0;
    const undisturbed = world();
    expect(
      await undisturbed.start(1, (_, step) => {
        steps = step;
      }),
    ).toBe('won');
    expect(steps).toBeGreaterThan(10);
    await expectOneBackup(undisturbed.vault);

    // Every other step: the in-memory suite takes them all, this one shows that OSS behaves as it assumes.
    for (let step = firstStep; step <= steps; step += 2) {
      const dies = step % 4 < 2;
      const { vault, start } = world();
      let thaw = () => {};
      const ice = new Promise<void>((resolve) => {
        thaw = resolve;
      });
      let stop = () => {};
      const stopped = new Promise<void>((resolve) => {
        stop = resolve;
      });
      // Half of them freeze before their request is sent, half die when it has been answered.
      const first = start(1, async (moment, at) => {
        if (dies) {
          if (at > step || (at === step && moment === 'after')) throw new Error('killed');
        } else if (at === step && moment === 'before') {
          stop();
          await ice;
        }
      });
      await Promise.race([stopped, first]);
      expect(['won', 'replayed']).toContain(await start(2, () => {}));
      await expectOneBackup(vault);
      thaw();
      await first;
      await expectOneBackup(vault);
    }
  }, 120_000);
});
