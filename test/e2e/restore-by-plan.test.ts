import { join } from 'node:path';
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { bareAnswer, bareApi, bareRequest } from '../../local/proof/bare-api';
import { policies } from '../../shared/app/deploy/policies';
import { addToken } from '../../shared/app/secrets/tokens';
import type { RunResult } from '../../shared/formats/manifests/run';
import type { PlannedObject } from '../../shared/operations/restore/plan/planned-object';
import { buildPrograms } from '../harness/built-programs';
import { type HostedLifeboat, person, startHostedLifeboat } from '../harness/hosted-lifeboat';
import { runLifeboat } from '../harness/lifeboat-process';

// Functions are processes, on machines that may have other work.
jest.setTimeout(120_000);

const generated = policies({
  state: { bucket: 'lifeboat-state', prefix: 'lifeboat' },
  vaults: [{ bucket: 'lifeboat-vault', prefix: 'team' }],
  accountId: '1000000000000001',
  region: 'cn-hangzhou',
});
const maps = '/api/v1/namespaces/shop/configmaps';
const secret = (text: string) => Buffer.from(text).toString('base64');

describe('a restore by a plan that a function makes, for callers without the key of the cluster', () => {
  let lifeboat: HostedLifeboat;
  let cluster: ReturnType<typeof bareApi>;
  let dist: string;
  let token: string;

  beforeAll(async () => {
    dist = buildPrograms('cli/lifeboat.ts');
    // Every message comes twice, and every function may do what its policy allows.
    lifeboat = await startHostedLifeboat({ duplicate: () => true, policyOf: (name) => generated[name] });
    cluster = bareApi(lifeboat.a.kubeconfig);
    ({ token } = await addToken(lifeboat.installation, {
      name: 'ops',
      role: 'operator',
      clusters: ['a'],
      validFor: '1h',
    }));
    await lifeboat.a.load(
      'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n---\n' +
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: prices, namespace: shop}\ndata: {apple: "3"}\n---\n' +
        `apiVersion: v1\nkind: Secret\nmetadata: {name: db, namespace: shop}\ndata: {password: ${secret('before')}}\n`,
    );
    await api('POST', '/backups', {
      metadata: { name: 'shop-1' },
      cluster: 'a',
      vault: 'main',
      spec: { includedNamespaces: ['shop'] },
    });
    await lifeboat.host.idle();
    await bareRequest(cluster, 'DELETE', `${maps}/prices`);
    const changed = JSON.stringify({ data: { password: secret('after') } });
    const db = '/api/v1/namespaces/shop/secrets/db';
    await bareRequest(cluster, 'PATCH', db, changed, 'application/merge-patch+json');
  });
  afterAll(async () => {
    cluster?.agent.destroy();
    await lifeboat?.close();
    if (dist) rmSync(dist, { recursive: true, force: true });
  });

  async function api(method: string, path: string, body?: object) {
    const answer = await fetch(`${lifeboat.host.apiUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, text, body: JSON.parse(text) as Record<string, unknown> };
  }
  async function ended(path: string): Promise<RunResult> {
    await lifeboat.host.idle();
    return (await api('GET', path)).body.result as RunResult;
  }
  /** The command line with the credentials of a person, and no key but these. */
  const run = (...words: string[]) =>
    runLifeboat(
      join(dist, 'cli', 'lifeboat.js'),
      words,
      {
        LIFEBOAT_STATE: 'oss://lifeboat-state/lifeboat',
        LIFEBOAT_REGION: 'cn-hangzhou',
        LIFEBOAT_ACCOUNT_ID: '1000000000000001',
        LIFEBOAT_OSS_ENDPOINT: lifeboat.oss.endpoint,
        LIFEBOAT_FC_ENDPOINT: lifeboat.host.endpoint,
        LIFEBOAT_LOCAL: '1',
        ALIBABA_CLOUD_ACCESS_KEY_ID: person.accessKeyId,
        ALIBABA_CLOUD_ACCESS_KEY_SECRET: person.accessKeySecret,
      },
      { input: '', cwd: lifeboat.directory },
    );
  let items: PlannedObject[];

  it('is shown over HTTP before, object by object, without a value of a Secret', async () => {
    const asked = await api('POST', '/plans', {
      metadata: { name: 'before' },
      cluster: 'a',
      vault: 'main',
      spec: { backupName: 'shop-1', includedResources: ['configmaps', 'secrets'] },
      conflicts: { policy: 'update' },
    });
    expect(asked).toMatchObject({ status: 202, body: { created: true } });
    const counts = { create: 1, update: 1 };
    expect(await ended('/plans/before')).toMatchObject({ phase: 'Completed', counts });
    const summary = await api('GET', '/plans/before/summary');
    expect(summary).toMatchObject({ status: 200, body: { kind: 'RestorePlan', counts, problems: [] } });
    const shown = await api('GET', '/plans/before/objects');
    items = shown.body.items as PlannedObject[];
    expect(items.find(({ name }) => name === 'prices')?.action).toBe('create');
    expect(items.find(({ name }) => name === 'db')?.diff).toEqual([
      {
        path: 'data.password',
        from: expect.stringMatching(/^hidden /),
        to: expect.stringMatching(/^hidden /),
      },
    ]);
    for (const value of ['before', 'after']) expect(shown.text).not.toContain(secret(value));
    expect((await bareAnswer(cluster, 'GET', `${maps}/prices`)).status).toBe(404);
  });

  it('is shown by the command line, which has no key to make it here', async () => {
    const flags = ['--from-backup', 'shop-1', '--cluster', 'a', '--conflicts', 'update'];
    const narrow = [...flags, '--include-resources', 'configmaps,secrets'];
    const here = await run('restore', 'plan', '--local', ...narrow);
    expect(here).toMatchObject({ code: 5, err: expect.stringContaining('LIFEBOAT_SEAL_KEY') });
    const made = await run('restore', 'plan', 'mine', ...narrow, '-o', 'json');
    expect(made).toMatchObject({ code: 0, err: expect.stringContaining('Plan mine requested') });
    // The same function hides the same value by the same hash.
    expect((JSON.parse(made.out) as { objects: PlannedObject[] }).objects).toEqual(items);
    const listed = await run('run', 'get', '--all', '-o', 'name');
    expect(listed.out.split('\n')).toEqual(expect.arrayContaining(['plans/before', 'plans/mine']));
  });

  it('does what the plan showed, for a caller over HTTP who names it', async () => {
    const body = { metadata: { name: 'back' }, plan: { run: 'before', failOnDrift: true } };
    expect(await api('POST', '/restores', body)).toMatchObject({ status: 202 });
    expect(await ended('/restores/back')).toMatchObject({
      phase: 'Completed',
      counts: { created: 1, updated: 1 },
    });
    const db = await bareAnswer(cluster, 'GET', '/api/v1/namespaces/shop/secrets/db');
    expect(db.body.toString()).toContain(secret('before'));
  });

  it('restores nothing once the cluster has left the plan behind', async () => {
    const late = await run('restore', 'create', 'late', '--plan', 'mine', '--fail-on-drift', '--wait');
    expect(late).toMatchObject({
      code: 1,
      err: expect.stringContaining(
        'the cluster has changed since the plan was made, and nothing was restored',
      ),
    });
  });

  it('was refused nothing by a policy, and counted every message that came twice once', () => {
    const failed = lifeboat.finished.filter(({ outcome }) => outcome.error);
    expect({ failed, denials: lifeboat.oss.denials }).toEqual({ failed: [], denials: [] });
  });
});
