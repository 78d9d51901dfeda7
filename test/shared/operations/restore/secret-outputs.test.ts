import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type SandboxCluster, startSandboxCluster } from '../../../../local/cluster/server';
import type { Cluster } from '../../../../shared/platform/kubernetes/port';
import type { ResourceModifiers } from '../../../../shared/formats/manifests/modifiers/resource-modifiers';
import type { RestoreRequest } from '../../../../shared/formats/manifests/run';
import type { Transforms } from '../../../../shared/formats/manifests/modifiers/transforms';
import { rehearse } from '../../../../shared/operations/restore/rehearsal/rehearse';
import { restore } from '../../../../shared/operations/restore/restore';
import type { ObjectOutcome } from '../../../../shared/operations/restore/report/outcome';
import { connectTo, RestoreRig, type TestItem, type TestObject } from './restore-rig';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const password = 'hunter2-and-more';
const pin = '4711';
const applied = 'kubectl.kubernetes.io/last-applied-configuration';
const values = [
  password,
  password.slice(0, 8),
  base64(password),
  base64(pin),
  base64('an-earlier-one'),
  'an-earlier-one',
];

const secret = (more: Partial<TestObject> = {}): TestItem => ({
  groupResource: 'secrets',
  object: {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: 'db',
      namespace: 'shop',
      labels: { team: 'shop' },
      annotations: {
        note: `it was ${password} once`,
        [applied]: JSON.stringify({ data: { password: base64('an-earlier-one') } }),
      },
    },
    type: 'Opaque',
    data: { password: base64(password), pin: base64(pin) },
    ...more,
  },
});

type Rule = ResourceModifiers['resourceModifierRules'][number];
const rules = (...resourceModifierRules: Rule[]): Transforms => ({
  resourceModifiers: { version: 'v1', resourceModifierRules },
});
const patching = (groupResource: string, ...patches: Rule['patches'] & object): Rule => ({
  conditions: { groupResource },
  patches,
});
const merging = (patchData: string, groupResource = 'secrets'): Rule => ({
  conditions: { groupResource },
  mergePatches: [{ patchData }],
});

const hasty = { resources: 0, deletion: 0, termination: 0, poll: 10, controllers: 0 };

describe('what goes out of a restore of a Secret', () => {
  let sandbox: SandboxCluster;
  let target: Cluster;
  let count = 0;
  let refusal: { method: string; path: RegExp; body: string } | undefined;
  beforeAll(async () => {
    sandbox = await startSandboxCluster();
    const real = await connectTo(sandbox.kubeconfig);
    target = {
      name: real.name,
      server: real.server,
      discover: (options) => real.discover(options),
      close: () => real.close(),
      async request(request) {
        const [path = ''] = request.path.split('?');
        if (request.method !== refusal?.method || !refusal.path.test(path)) return real.request(request);
        return { status: 403, headers: {}, body: Buffer.from(refusal.body), ambiguous: false };
      },
    };
  });
  afterAll(async () => {
    target?.close();
    await sandbox?.close();
  });
  afterEach(() => {
    refusal = undefined;
  });

  /** Plans and restores into a new namespace; everything that left, as one text. */
  async function outputs(items: TestItem[], more: Partial<RestoreRequest>, place = `place-${++count}`) {
    const rig = new RestoreRig();
    await rig.addBackup('b', items);
    const said: unknown[] = [];
    const job = {
      ...rig.job(target, 'r', { backupName: 'b', namespaceMapping: { shop: place } }, more as object),
      progress: (progress: unknown) => void said.push(progress),
      log: {
        debug: (...words: unknown[]) => void said.push(words),
        info: (...words: unknown[]) => void said.push(words),
        warn: (...words: unknown[]) => void said.push(words),
        error: (...words: unknown[]) => void said.push(words),
      },
    };
    const planned: ObjectOutcome[] = [];
    const rehearsal = await rehearse(job, { hashKey: randomBytes(32), heard: (one) => planned.push(one) });
    const result = await restore(job, hasty);
    const outcomes = await rig.outcomes('r');
    const text = JSON.stringify([
      planned,
      rehearsal,
      result,
      said,
      outcomes,
      await rig.log('r'),
      await rig.results('r'),
      await rig.resourceList('r'),
    ]);
    return { text, place, planned, outcomes, result };
  }

  function expectNone(text: string): void {
    for (const value of values) expect(text).not.toContain(value);
    expect(text).not.toMatch(/\b4711\b/);
  }

  async function there(place: string, resource = 'secrets', name = 'db') {
    const { status, body } = await target.request({
      method: 'GET',
      path: `/api/v1/namespaces/${place}/${resource}/${name}`,
    });
    return status === 200 ? JSON.parse(body.toString('utf8')) : undefined;
  }

  // A request that an older release has taken holds such rules still.
  it.each<[string, Rule]>([
    [
      'a copy to an annotation',
      patching('secrets', { operation: 'copy', from: '/data/password', path: '/metadata/annotations/x' }),
    ],
    [
      'a copy to a label',
      patching('secrets', { operation: 'copy', from: '/data/pin', path: '/metadata/labels/x' }),
    ],
    ['a copy to the type', patching('*', { operation: 'copy', from: '/data/password', path: '/type' })],
    [
      'a copy to the name',
      patching('secrets', { operation: 'copy', from: '/data/pin', path: '/metadata/name' }),
    ],
    [
      'a move into stringData',
      patching('secrets', { operation: 'move', from: '/data', path: '/stringData' }),
    ],
    ['another kind', merging('{"kind":"ConfigMap","type":null}')],
    ['another name', merging('metadata: {name: other}')],
  ])('holds no value, and a rule that would show one is not followed: %s', async (_, rule) => {
    const { text, place, planned, outcomes } = await outputs([secret()], { transforms: rules(rule) });
    expectNone(text);
    expect(text).toMatch(/resource modifier 1: the rule (reads the values of Secrets|changes the name)/);
    for (const heard of [planned, outcomes]) {
      expect(heard).toContainEqual(
        expect.objectContaining({ groupResource: 'secrets', name: 'db', outcome: 'created' }),
      );
    }
    expect(await there(place)).toMatchObject({
      type: 'Opaque',
      data: { password: base64(password), pin: base64(pin) },
    });
    expect((await there(place)).metadata.annotations).not.toHaveProperty('x');
  });

  it('answers no guess: neither by a test, nor by a condition that holds or not', async () => {
    const rest = { mergePatches: [{ patchData: 'metadata: {labels: {x: "y"}}' }] };
    const said: string[] = [];
    for (const guess of [base64(password), base64('wrong')]) {
      const where = { groupResource: 'secrets', matches: [{ path: '/data/password', value: guess }] };
      const asked: Rule[] = [
        { conditions: where, ...rest },
        patching(
          'secrets',
          { operation: 'test', path: '/data/password', value: guess },
          { operation: 'add', path: '/metadata/labels/x', value: 'y' },
        ),
      ];
      for (const rule of asked) {
        const { planned, outcomes, place, result } = await outputs([secret()], { transforms: rules(rule) });
        const shown = JSON.stringify([planned, outcomes, result.phase, result.counts, result.errors]);
        said.push(shown.replaceAll(/hidden [0-9a-f]{12}/g, 'hidden').replaceAll(place, 'place'));
      }
    }
    expect(said.slice(0, 2)).toEqual(said.slice(2));
  });

  it('shows no text of a Secret in a plan, whatever it holds, and shows what changes', async () => {
    const transforms = {
      labels: { guess: '4711', other: 'word' },
      annotations: { guess: password, other: 'word' },
      ...rules(
        patching(
          'secrets',
          { operation: 'replace', path: '/data/password', value: base64('standby') },
          { operation: 'copy', from: '/metadata/annotations/note', path: '/metadata/annotations/again' },
          { operation: 'replace', path: '/type', value: password },
        ),
      ),
    };
    const { planned } = await outputs([secret()], { transforms });
    const [one] = planned.filter(({ groupResource }) => groupResource === 'secrets');
    expect(one!.changes?.map(({ path }) => path).sort()).toEqual([
      'data.password',
      'metadata.annotations.again',
      'metadata.annotations.guess',
      'metadata.annotations.other',
      'metadata.labels.guess',
      'metadata.labels.other',
      'metadata.namespace',
      'type',
    ]);
    // A guess that is right looks like a word that is none.
    const tos = one!.changes?.flatMap(({ path, to }) => (path === 'metadata.namespace' ? [] : [to]));
    expect(tos?.filter((to) => !/^hidden [0-9a-f]{12}$/.test(String(to)))).toEqual([]);
    expectNone(JSON.stringify(one));
  });

  it('shows by which fields two Secrets differ, and none of their texts', async () => {
    const { place } = await outputs([secret()], {});
    const now = secret({ data: { password: base64('hunter2-and-less'), pin: base64(pin) } });
    (now.object as TestObject).metadata.annotations.note = 'it was hunter2-and-less once';
    const conflicts = { policy: 'update' as const };
    const { planned, text } = await outputs([now], { conflicts }, place);
    const [one] = planned.filter(({ groupResource }) => groupResource === 'secrets');
    expect(one).toMatchObject({ outcome: 'updated' });
    expect(one!.diff?.map(({ path }) => path).sort()).toEqual(['data.password', 'metadata.annotations.note']);
    expectNone(text);
    for (const value of ['hunter2-and-less', base64('hunter2-and-less')]) expect(text).not.toContain(value);
  });

  it.each([
    [
      'a webhook that quotes it',
      `admission webhook "w.example.com" denied the request: ${password} is weak`,
      'Forbidden',
    ],
    [
      'a webhook that quotes a short one',
      'admission webhook "w.example.com" denied the request: pin 4711 is weak',
      '',
    ],
    [
      'a webhook that quotes its base64',
      `admission webhook "w.example.com" denied the request: {"data":{"password":"${base64(password)}"}}`,
      'Forbidden',
    ],
    [
      'a webhook that says that the Secret is there',
      `admission webhook "w.example.com" denied the request: ${password}`,
      'AlreadyExists',
    ],
    [
      'a policy',
      `secrets "db" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: ${password} is weak`,
      'Invalid',
    ],
    [
      'the API server itself',
      `Secret "db" is invalid: metadata.labels: Invalid value: "${password}": too long`,
      'Invalid',
    ],
    ['a proxy before it', `{"data":{"password":"${base64(password)}"}}`, undefined],
  ])('keeps what refuses it, and no value that this quotes: %s', async (_, message, reason) => {
    const status =
      reason === undefined
        ? message
        : JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 403, reason, message });
    refusal = { method: 'POST', path: /\/secrets$/, body: status };
    const { text, outcomes } = await outputs([secret()], {});
    expectNone(text);
    const [one] = outcomes.filter(({ groupResource }) => groupResource === 'secrets');
    expect(one).toMatchObject({
      outcome: 'failed',
      reason: expect.stringContaining('it may quote its values'),
    });
    const frame = /^.*?(webhook "w.example.com" denied the request|ValidatingAdmissionPolicy 'p')/.exec(
      message,
    )?.[0];
    expect(one!.reason).toContain(frame ?? 'HTTP status 403');
  });

  it('keeps the words of a webhook that quotes nothing', async () => {
    const message = 'admission webhook "w.example.com" denied the request: it lacks the label owner';
    const body = JSON.stringify({
      kind: 'Status',
      status: 'Failure',
      code: 403,
      reason: 'Forbidden',
      message,
    });
    refusal = { method: 'POST', path: /\/secrets$/, body };
    const { outcomes } = await outputs([secret()], {});
    expect(outcomes).toContainEqual(expect.objectContaining({ outcome: 'failed', reason: message }));
  });

  it('keeps no words about an update, since they may quote what only the cluster has', async () => {
    const { place } = await outputs([secret()], {});
    const message = `admission webhook "w.example.com" denied the request: ${password} must stay`;
    const body = JSON.stringify({
      kind: 'Status',
      status: 'Failure',
      code: 403,
      reason: 'Forbidden',
      message,
    });
    refusal = { method: 'PATCH', path: /\/secrets\/db/, body };
    const now = secret({ data: { password: base64('another-one'), pin: base64(pin) } });
    (now.object as TestObject).metadata.annotations = {};
    const { text } = await outputs([now], { conflicts: { policy: 'update' } }, place);
    expectNone(text);
    expect(text).toContain('webhook \\"w.example.com\\" denied the request');
  });
});
