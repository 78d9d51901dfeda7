import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type SandboxCluster, startSandboxCluster } from '../../local/cluster/server';
import { bareAnswer, bareApi } from '../../local/proof/bare-api';
import { systemRandom } from '../../shared/platform/system';
import type { CliEnd } from '../harness/lifeboat-process';
import { contentsOf, type Deployment, type Region, Regions } from './disaster/regions';

// Functions and commands are processes, on machines that may have other work.
jest.setTimeout(180_000);

const shop = `apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: shop}
data: {color: blue}
`;
const newKey = () => systemRandom.bytes(32).toString('base64');

/** The commands that docs/cross-cluster.md shows for one of the installations, each as its words. */
function walkThrough(of: 'A' | 'B'): string[][] {
  const page = readFileSync(join(__dirname, '../../docs/cross-cluster.md'), 'utf8');
  const [, part = ''] =
    /## Another installation restores from the vault\n([\s\S]*?)(?:\n## |$)/.exec(page) ?? [];
  const blocks = [...part.matchAll(/In installation ([AB])[^\n]*:\n\n```\n([\s\S]*?)```/g)];
  return blocks
    .filter(([, which]) => which === of)
    .flatMap(([, , commands = '']) => commands.trim().split('\n'))
    .map((line) =>
      line
        .replace(/\s+#.*$/, '')
        .split(/\s+/)
        .slice(1),
    );
}

let regions: Regions;
let region: Region;
let production: SandboxCluster;
let standby: SandboxCluster;
let a: Deployment;
let b: Deployment;

function done({ code, out, err }: CliEnd): string {
  expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
  return out;
}

beforeAll(async () => {
  regions = new Regions();
  region = await regions.start('cn-hangzhou');
  [production, standby] = [
    await startSandboxCluster({ name: 'production' }),
    await startSandboxCluster({ name: 'standby' }),
  ];
  await production.load(shop);
  const settings = () => ({
    LIFEBOAT_SEAL_KEY: newKey(),
    LIFEBOAT_NOTIFICATION_KEY: newKey(),
    LIFEBOAT_SIGNING_KEY: newKey(),
  });
  a = await regions.deploy(region, 'a', settings());
  b = await regions.deploy(region, 'b', settings());
  writeFileSync(join(regions.directory, 'production.yaml'), production.kubeconfig);
  writeFileSync(join(regions.directory, 'standby.yaml'), standby.kubeconfig);
}, 180_000);

afterAll(async () => {
  await regions?.close();
  for (const cluster of [production, standby]) await cluster?.close();
});

describe('the walk-through of docs/cross-cluster.md', () => {
  /** A word of the page with what stands for it here. */
  let key = '';
  const filled = (words: string[]) =>
    words.map((word) => (word === 'my-backups' ? region.buckets.vault : word === '<A’s-key>' ? key : word));

  it('brings what installation A backed up into a cluster of installation B, and B writes nothing to the vault', async () => {
    const [commandsOfA, commandsOfB] = [walkThrough('A'), walkThrough('B')];
    expect([commandsOfA.length, commandsOfB.length]).toEqual([4, 5]);
    for (const words of commandsOfA) {
      const out = done(await a.lifeboat(filled(words)));
      if (words.join(' ') === 'replication key') key = out.trim();
    }
    const before = await contentsOf(region.store(region.buckets.vault));
    for (const words of commandsOfB) done(await b.lifeboat(filled(words)));
    expect(await contentsOf(region.store(region.buckets.vault))).toEqual(before);
    const api = bareApi(standby.kubeconfig);
    const { body } = await bareAnswer(api, 'GET', '/api/v1/namespaces/shop/configmaps/settings');
    expect(JSON.parse(String(body))).toMatchObject({ data: { color: 'blue' } });
    expect(done(await a.lifeboat(['vault', 'describe', 'main']))).toContain(
      'claimed by this installation since',
    );
  });

  it('ends where B would write to the vault of A: one error, which names A and the remedies', async () => {
    const place = ['--bucket', region.buckets.vault, '--subdirectory', 'production'];
    done(await b.lifeboat(['vault', 'delete', 'theirs', '--yes']));
    const refused = await b.lifeboat(['vault', 'add', 'theirs', ...place]);
    expect(refused.code).toBe(4);
    expect(refused.err).toMatch(
      /is claimed by installation [0-9a-f]{32} .*\n.*--read-only.*lifeboat vault share.*--replace/,
    );
    expect((await b.lifeboat(['vault', 'add', 'theirs', '--share', ...place])).code).toBe(4);
    done(await a.lifeboat(['vault', 'share', 'main']));
    done(await b.lifeboat(['vault', 'add', 'theirs', '--share', ...place]));
    expect((await a.lifeboat(['vault', 'share', 'main', '--stop'])).code).toBe(4);
    done(
      await b.lifeboat([
        'schedule',
        'create',
        'nightly',
        '--schedule',
        '0 2 * * *',
        '--include-namespaces',
        'shop',
      ]),
    );
    const run = done(await b.lifeboat(['schedule', 'run', 'nightly', '--wait']));
    expect(run).toMatch(/nightly-[0-9a-f]{6}-\d{14}/);
  });
});
