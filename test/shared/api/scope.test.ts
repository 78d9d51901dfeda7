import { lookup } from 'node:dns';
import { connect } from 'node:net';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { refusedServer } from '../../../shared/platform/kubernetes/server-address';
import { LifeboatError } from '../../../shared/platform/errors';
import { routes } from '../../../shared/api/routes';
import { runLog } from '../../../shared/app/runs/run-log';
import { liveLog } from '../../../shared/formats/state/run/live-log';
import { finishRun } from '../../../shared/formats/state/run/results';
import { runStore } from '../../../shared/formats/state/run-keys';
import { backupKeys } from '../../../shared/formats/vault/layout';
import { completed } from '../operations/runs/fixtures';
import { commitManifest } from '../formats/vault/commit/committed-manifest';
import { aFilledApi } from './a-filled-api';
import { examples } from './examples';

const spec = { includedNamespaces: ['shop'] };
const failed = { ...completed, phase: 'Failed' as const };
const sealedSecret = {
  version: 1 as const,
  algorithm: 'AES-256-GCM' as const,
  keyId: '0',
  nonce: 'bm9uY2U=',
  ciphertext: 'YQ==',
  tag: 'dGFn',
};

async function scoped(...clusters: string[]) {
  const made = await aFilledApi();
  const { state } = made;
  await state.clusters.create({ ...(await state.clusters.get('a')), metadata: { name: 'c' } });
  const token = await made.tokenFor('admin', clusters);
  const call = (method: string, path: string, body?: unknown) => made.call(method, path, { body, token });
  const names = async (path: string) => {
    const { items } = (await call('GET', path)).body as {
      items: { name?: string; metadata?: { name: string } }[];
    };
    return items.map(({ name, metadata }) => name ?? metadata?.name);
  };
  return { ...made, call, names };
}

describe('a token with a scope', () => {
  it('sees what concerns its clusters alone', async () => {
    const a = await scoped('a');
    expect(await a.names('/clusters')).toEqual(['a']);
    expect(await a.names('/schedules')).toEqual(['hourly']);
    expect(await a.names('/replications')).toEqual([]);
    expect(await a.names('/notifications')).toEqual([]);
    expect(await a.names('/backups')).toEqual(['shop-1', 'open-1']);
    // `back` writes into b, out of reach.
    expect(await a.names('/restores')).toEqual(['open-r']);
    expect(await a.names('/plans')).toEqual(['open-p']);
    expect(await a.names('/copies')).toEqual(['shop-1-away']);
    expect(await a.names('/runs')).toEqual(['open-1', 'shop-1', 'shop-1-away', 'open-p', 'open-r']);
    expect(await a.names('/vaults/main/retention')).toEqual([]);
    const both = await scoped('a', 'b');
    expect(await both.names('/replications')).toEqual(['standby']);
    expect(await both.names('/restores')).toEqual(['back', 'open-r']);
    // Nobody knows of which cluster a foreign backup is.
    expect(await both.names('/backups')).toEqual(['bank-1', 'shop-1', 'open-1']);
  });

  it.each(
    routes.filter(({ path }) => path.includes('{name}')).map(({ id, method }) => [id, method] as const),
  )('is answered by %s of another cluster as if there were no such thing', async (id, method) => {
    // A cluster that nothing is of.
    const { call } = await scoped('c');
    if (id === 'getVault' || id === 'getRetentionPlan') return;
    const { path, body } = examples[id]!;
    expect((await call(method, path, body)).status).toBe(404);
  });

  it('sees of vaults and clusters what its scope needs, and not where they are or how they are reached', async () => {
    const { call, state, installation } = await scoped('a');
    const { kind, metadata } = await state.vaults.get('away');
    const role = { arn: 'acs:ram::1234567890123456:role/hidden-role' };
    const spec = { region: 'cn-hangzhou', bucket: 'hidden-bucket', subdirectory: 'hidden-folder', role };
    await state.vaults.change('away', () => ({ kind, metadata, spec }));
    const accessKey = { id: 'LTAIhiddenkey', sealedSecret };
    await state.vaults.create({
      kind,
      metadata: { name: 'keyed' },
      spec: { region: 'cn-hangzhou', bucket: 'hidden-too', accessKey },
    });

    const { openVaultStore } = installation;
    installation.openVaultStore = (vault) => {
      if (vault.metadata.name !== 'keyed') return openVaultStore(vault);
      throw new LifeboatError('denied', 'AccessDenied for LTAIhiddenkey');
    };

    for (const path of [
      '/vaults',
      '/vaults/main',
      '/vaults/away',
      '/vaults/keyed',
      '/clusters',
      '/clusters/a',
    ]) {
      const { status, text } = await call('GET', path);
      expect([path, status]).toEqual([path, 200]);
      expect(text).not.toMatch(/hidden|acs:|LTAI|bucket|subdirectory|https:|region/);
    }
    expect((await call('GET', '/vaults/main')).body).toEqual({
      kind: 'Vault',
      metadata: { name: 'main' },
      status: { phase: 'Available' },
    });
    expect((await call('GET', '/vaults/keyed')).body).toMatchObject({ status: { phase: 'Unavailable' } });
  });

  it('is told no bucket, role, key or address in errors, results and logs', async () => {
    const { call, installation, state, context } = await scoped('a');
    const places =
      'GetObject oss://hidden-bucket/hidden-folder/backups/x.json: AccessDenied for acs:ram::1:role/hidden-role, ' +
      'key LTAIhidden123; cluster "a" (https://hidden.example:6443): no answer';
    await finishRun(context.state, { kind: 'backups', name: 'open-1' }, { ...failed, reason: places });
    const log = liveLog(runStore(state.store, { kind: 'restores', name: 'open-r' }), installation.clock, {});
    log.error(places);
    await log.flush();
    const texts: string[] = [];
    for (const path of ['/backups/open-1', '/runs', '/restores/open-r/log'])
      texts.push((await call('GET', path)).text);
    installation.openVault = async () => {
      throw new LifeboatError('unavailable', places, { hint: places });
    };
    texts.push((await call('GET', '/backups/shop-1')).text);

    for (const text of texts) {
      expect(text).toMatch(/AccessDenied|no answer/);
      expect(text).not.toContain('hidden');
    }
  });

  it('is told no address by the words of Node.js about a connection', async () => {
    const refused = await new Promise<Error>((resolve) =>
      connect({ host: '127.0.0.1', port: 1 }).once('error', resolve),
    );
    const unknown = await new Promise<Error>((resolve) =>
      lookup('hidden.invalid', (error) => resolve(error!)),
    );
    const certificate = (subjectaltname: string) =>
      ({ subject: { CN: 'other' }, subjectaltname }) as PeerCertificate;
    const others = checkServerIdentity('hidden.example', certificate('DNS:hidden-too.example'))!;
    const another = checkServerIdentity('10.9.8.7', certificate('IP Address:10.9.8.6'))!;
    const denied = refusedServer('hidden.example', 'a private address');
    const { call, context } = await scoped('a');
    const reason = [refused, unknown, others, another, denied]
      .map(({ message }) => `cluster "a" (https://hidden.example): no answer: ${message}`)
      .join('\n');
    await finishRun(context.state, { kind: 'backups', name: 'open-1' }, { ...failed, reason });

    const { text } = await call('GET', '/backups/open-1');
    expect(text).toMatch(/connect ECONNREFUSED ….*getaddrinfo E[A-Z_]+ ….*leads to a private address/);
    expect(text).not.toMatch(/hidden|127\.0\.0\.1|10\.9\.8/);
  });

  it('cannot name another cluster in what it asks for', async () => {
    const { call, bucket } = await scoped('a');
    const before = bucket.keys();
    const name = { name: 'new' };
    const schedule = { schedule: '0 2 * * *', vault: 'main', template: spec };
    const rule = { targets: ['a'], policy: 'seed' };
    const refused: [string, string, unknown][] = [
      ['POST', '/backups', { metadata: name, cluster: 'b', vault: 'main', spec }],
      ['POST', '/schedules', { metadata: name, spec: { ...schedule, clusters: ['a', 'b'] } }],
      [
        'POST',
        '/schedules',
        { metadata: name, spec: { ...schedule, clusterSelector: { matchLabels: { env: 'live' } } } },
      ],
      ['POST', '/copies', { backup: 'bank-1', from: 'main', to: 'away' }],
      ['PATCH', '/schedules/hourly', { spec: { clusters: ['b'] } }],
      [
        'PATCH',
        '/schedules/hourly',
        { spec: { clusters: [], clusterSelector: { matchLabels: { env: 'live' } } } },
      ],
      [
        'POST',
        '/replications',
        { metadata: name, spec: { ...rule, source: { vault: 'main', cluster: 'b' } } },
      ],
      [
        'POST',
        '/replications',
        { metadata: name, spec: { ...rule, source: { vault: 'main', cluster: 'x', clusterUid: 'u' } } },
      ],
    ];
    for (const [method, path, body] of refused) expect((await call(method, path, body)).status).toBe(403);
    expect(bucket.keys().filter((key) => !key.includes('token-uses'))).toEqual(before);
  });

  it.each<[string, string[], string, string, number]>([
    ['source and target', ['a', 'b'], 'shop-1', 'b', 202],
    ['source alone', ['a'], 'shop-1', 'b', 403],
    ['target alone', ['b'], 'shop-1', 'b', 403],
    ['a backup nobody knows the cluster of', ['a', 'b'], 'foreign', 'b', 403],
    ['a backup that is not there', ['a', 'b'], 'nothing', 'b', 403],
  ])('needs the right on both sides of a restore: %s', async (_, clusters, backupName, cluster, status) => {
    const { call } = await scoped(...clusters);
    const body = { metadata: { name: 'new' }, cluster, vault: 'main', spec: { backupName } };
    expect((await call('POST', '/restores', body)).status).toBe(status);
  });
});

/** Each way to something that lies in the vault of backup `x`. */
const waysIn: [string, string, unknown?][] = [
  ['GET', '/backups/x/results'],
  ['GET', '/backups/x/contents'],
  ['GET', '/backups/x/log'],
  ['DELETE', '/backups/x'],
  ['DELETE', '/backups/x/deletion'],
  ['PUT', '/backups/x/hold', { reason: 'mine' }],
  ['POST', '/backups/x/accept', {}],
  ['POST', '/restores', { metadata: { name: 'r' }, cluster: 'a', vault: 'main', spec: { backupName: 'x' } }],
  ['POST', '/plans', { metadata: { name: 'p' }, cluster: 'a', vault: 'main', spec: { backupName: 'x' } }],
  ['POST', '/copies', { backup: 'x', from: 'main', to: 'away' }],
];

describe('the backup of another installation', () => {
  const mine = { metadata: { name: 'x' }, cluster: 'a', vault: 'main', spec };

  /** With backup `x` of another installation in the vault, after what the token's holder did. */
  async function withForeign(before: (call: Awaited<ReturnType<typeof scoped>>) => Promise<unknown>) {
    const made = await scoped('a');
    await before(made);
    const { vault } = made;
    const manifest = { apiVersion: 'velero.io/v1', kind: 'Backup', metadata: { name: 'x' }, status: {} };
    await vault.put(backupKeys('x').manifest, Buffer.from(JSON.stringify(manifest)));
    await vault.put(backupKeys('x').logs, gzipSync('their secret'));
    await vault.put(backupKeys('x').results, gzipSync('{"errors":{}}'));
    await vault.put(backupKeys('x').resourceList, gzipSync('{"v1/Namespace":["theirs"]}'));
    return made;
  }

  it('keeps its name: a request for it is refused, and puts nothing under hold', async () => {
    const { call, bucket } = await withForeign(async () => {});
    const before = bucket.keys();
    const answer = await call('POST', '/backups', { ...mine, hold: 'mine' });
    expect([answer.status, answer.body.title]).toEqual([409, expect.anything()]);
    expect(answer.text).toContain('already holds a backup');
    expect(bucket.keys().filter((key) => !/token-uses|asked/.test(key))).toEqual(before);
  });

  it.each<[string, (made: Awaited<ReturnType<typeof scoped>>) => Promise<unknown>]>([
    ['a request for its name', ({ call }) => call('POST', '/backups', mine)],
    [
      'a run that failed',
      async ({ call, finish }) => {
        await call('POST', '/backups', mine);
        await finish('x', 'Failed');
      },
    ],
    [
      'a run that failed after its commit',
      async ({ call, finish, vault, state }) => {
        await call('POST', '/backups', mine);
        await vault.put(backupKeys('x').manifest, Buffer.from('{}'));
        await commitManifest(state.store, vault, 'x');
        await finish('x', 'Failed');
      },
    ],
    [
      'a backup that lay there under its name before',
      async ({ call, finish, vault, state }) => {
        await call('POST', '/backups', mine);
        await finish('x');
        await commitManifest(state.store, vault, 'x');
      },
    ],
  ])('is not opened by %s', async (_, before) => {
    const { call, bucket, names } = await withForeign(before);
    const keys = bucket.keys();
    for (const [method, path, body] of waysIn) {
      const answer = await call(method, path, body);
      expect([path, answer.status]).toEqual([path, method === 'POST' && !path.includes('x') ? 403 : 404]);
    }
    expect((await call('GET', '/backups/x')).body).not.toHaveProperty('stored');
    const { items } = (await call('GET', '/backups')).body as { items: { name: string; items?: number }[] };
    expect(items.filter(({ name }) => name === 'x').every((row) => !('startTimestamp' in row))).toBe(true);
    // Their own run is theirs to see.
    expect(await names('/runs')).toContain('x');
    // What lists remember is no more than what they read.
    const lasting = (all: readonly string[]) =>
      all.filter((key) => !/token-uses|asked|hints\/lists/.test(key));
    expect(lasting(bucket.keys())).toEqual(lasting(keys));
  });

  it('is opened to nobody by the log of a run that failed', async () => {
    const { installation } = await withForeign(async ({ call, finish }) => {
      await call('POST', '/backups', mine);
      await finish('x', 'Failed');
    });
    const pieces = async () => {
      for await (const piece of runLog(installation, { kind: 'backups', name: 'x' })) return piece;
      return undefined;
    };
    await expect(pieces()).rejects.toMatchObject({ kind: 'not-found' });
  });
});

describe('a token', () => {
  it('lets nobody in when it is over, deleted, or another of its name', async () => {
    const { call, tokenFor, clock, state } = await aFilledApi();
    const token = await tokenFor('viewer');
    const name = token.split('.')[1]!;
    const health = async (given: string) => (await call('GET', '/health', { token: given })).status;
    expect(await health(token)).toBe(200);
    expect(await health(`${token}x`)).toBe(401);
    expect(await health(`lifeboat.${name}.${'A'.repeat(43)}`)).toBe(401);
    await clock.advance(24 * 3_600_000);
    expect(await health(token)).toBe(401);
    const other = await tokenFor('viewer');
    expect(await health(other)).toBe(200);
    await state.tokens.remove(other.split('.')[1]!);
    expect(await health(other)).toBe(401);
  });

  it('is kept as a hash, and its use is written down once an hour', async () => {
    const { call, tokenFor, bucket, clock } = await aFilledApi();
    const token = await tokenFor('viewer');
    const [, , secret] = token.split('.');
    for (const [, { body }] of bucket.objects) expect(body.includes(secret!)).toBe(false);
    let uses = 0;
    bucket.onWrite = (key) => {
      if (key.includes('token-uses')) uses += 1;
    };
    for (let i = 0; i < 3; i += 1) await call('GET', '/health', { token });
    expect(uses).toBe(1);
    await clock.advance(3_600_000);
    await call('GET', '/health', { token });
    expect(uses).toBe(2);
  });
});
