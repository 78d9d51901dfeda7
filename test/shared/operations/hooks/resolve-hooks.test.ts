import { describe, expect, it } from '@jest/globals';
import type { BackupHooksSpec } from '../../../../shared/formats/manifests/hooks';
import { HookResolver } from '../../../../shared/operations/hooks/resolve-hooks';
import type { KubeObject } from '../../../../shared/platform/kubernetes/kube-object';

interface Given {
  annotations?: Record<string, string>;
  labels?: Record<string, string>;
  namespace?: string;
  phase?: string;
  initContainers?: object[];
}

function pod({
  phase = 'Running',
  initContainers = [],
  namespace = 'shop',
  ...meta
}: Given = {}): KubeObject {
  return {
    metadata: { name: 'db-0', namespace, uid: 'u-1', ...meta },
    spec: { containers: [{ name: 'db' }, { name: 'agent' }], initContainers },
    status: { phase },
  };
}

const of = (given: Given, spec?: BackupHooksSpec) => new HookResolver(spec).of(pod(given));

const pre = (more: Record<string, string> = {}) => ({
  'pre.hook.backup.velero.io/command': '["sync"]',
  ...Object.fromEntries(
    Object.entries(more).map(([key, value]) => [`pre.hook.backup.velero.io/${key}`, value]),
  ),
});

const spec = (entry: object): BackupHooksSpec => ({
  resources: [
    {
      name: 'freeze',
      pre: [{ exec: { command: ['freeze'] } }],
      post: [{ exec: { command: ['thaw'] } }],
      ...entry,
    },
  ],
});

describe('the hooks of a pod', () => {
  it('are none where nothing asks for one', () => {
    expect(of({})).toBeUndefined();
    expect(of({ annotations: { 'example.com/hook': 'x' } })).toBeUndefined();
  });

  it('run in the first container, for 30 s, and must not fail, where annotations say no more', () => {
    expect(of({ annotations: pre() })).toMatchObject({
      namespace: 'shop',
      pod: 'db-0',
      uid: 'u-1',
      pre: [{ container: 'db', command: ['sync'], timeout: 30_000, onError: 'Fail' }],
      post: [],
      problems: [],
    });
  });

  it('are as the annotations say', () => {
    const annotations = {
      ...pre({ container: 'agent', timeout: '2m', 'on-error': 'Continue' }),
      'post.hook.backup.velero.io/command': '/bin/thaw now',
    };
    expect(of({ annotations })).toMatchObject({
      pre: [{ container: 'agent', timeout: 120_000, onError: 'Continue' }],
      // One program: no shell splits it.
      post: [{ command: ['/bin/thaw now'], onError: 'Fail' }],
    });
  });

  it('take annotations without a phase for pre, where none has one', () => {
    const older = { 'hook.backup.velero.io/command': '["old"]' };
    expect(of({ annotations: older })?.pre).toMatchObject([{ command: ['old'] }]);
    expect(of({ annotations: { ...older, ...pre() } })?.pre).toMatchObject([{ command: ['sync'] }]);
  });

  it.each([
    ['a command that is half JSON', { command: '["sync"' }, 'not a JSON array'],
    ['a command of numbers', { command: '[1]' }, 'not a JSON array'],
    ['an empty command', { command: '[]' }, 'names no program'],
    ['an unknown container', { container: 'nope' }, 'no container "nope" (it has db, agent)'],
  ])('fail at once for %s', (_, annotations, fault) => {
    expect(of({ annotations: pre(annotations) })?.pre[0]?.fault).toContain(fault);
  });

  it.each([
    ['a timeout that is none', { timeout: 'soon' }, { timeout: 30_000 }],
    ['a timeout of nothing', { timeout: '0s' }, { timeout: 30_000 }],
    ['a negative timeout', { timeout: '-5s' }, { timeout: 30_000 }],
    ['a timeout of a month', { timeout: '720h' }, { timeout: 4 * 3_600_000 }],
    ['an on-error that is none', { 'on-error': 'continue' }, { onError: 'Fail' }],
  ])('are told of %s, and run', (_, annotations, expected) => {
    const hooks = of({ annotations: pre(annotations) });
    expect(hooks?.pre).toMatchObject([expected]);
    expect(hooks?.pre[0]?.fault).toBeUndefined();
    expect(hooks?.problems).toEqual([expect.stringContaining('pre.hook.backup.velero.io/command')]);
  });

  it('are told of annotations that run nothing', () => {
    const hooks = of({ annotations: { 'post.hook.backup.velero.io/comand': '["thaw"]' } });
    expect(hooks?.problems.join()).toMatch(/comand is not known.*name no command/);
  });

  it.each(['Succeeded', 'Failed'])('are none of a pod that has %s', (phase) => {
    expect(of({ annotations: pre(), phase })).toBeUndefined();
  });

  it('may be in a sidecar, and not in an init container', () => {
    const initContainers = [{ name: 'proxy', restartPolicy: 'Always' }, { name: 'setup' }];
    const fault = (container: string) =>
      of({ annotations: pre({ container }), initContainers })?.pre[0]?.fault;
    expect(fault('proxy')).toBeUndefined();
    expect(fault('setup')).toContain('no container "setup"');
  });

  it('are those of the spec in their order, where it selects the pod', () => {
    const exec = (name: string) => ({
      exec: { command: [name], container: 'agent', onError: 'Continue' as const },
    });
    const hooks = of({}, spec({ pre: [exec('one'), exec('two')], post: [exec('three')] }));
    expect(hooks?.pre.map(({ command }) => command)).toEqual([['one'], ['two']]);
    expect(hooks?.post).toMatchObject([{ container: 'agent', onError: 'Continue', timeout: 30_000 }]);
  });

  it('are those of the annotations instead, phase by phase', () => {
    const hooks = of({ annotations: pre() }, spec({}));
    expect(hooks?.pre.map(({ command }) => command)).toEqual([['sync']]);
    expect(hooks?.post.map(({ command }) => command)).toEqual([['thaw']]);
  });

  it.each<[object, boolean]>([
    [{ includedNamespaces: ['sh*'] }, true],
    [{ includedNamespaces: ['other'] }, false],
    [{ excludedNamespaces: ['shop'] }, false],
    [{ includedResources: ['pods'] }, true],
    [{ includedResources: ['Pod'] }, true],
    [{ includedResources: ['deployments'] }, false],
    [{ excludedResources: ['po'] }, false],
    [{ labelSelector: { matchLabels: { app: 'db' } } }, true],
    [{ labelSelector: { matchLabels: { app: 'web' } } }, false],
  ])("of the spec with %j are the pod's: %s", (selection, expected) => {
    const resolver = new HookResolver(spec(selection));
    expect(resolver.of(pod({ labels: { app: 'db' } })) !== undefined).toBe(expected);
    expect(resolver.unmatched).toEqual(expected ? [] : ['freeze']);
  });
});
