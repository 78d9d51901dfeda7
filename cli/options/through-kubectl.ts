import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { LifeboatError } from '../../shared/platform/errors';
import {
  type RbacScope,
  rbacManifests,
  tokenSecretName,
} from '../../shared/operations/rights/rbac-manifests';

/** The kubeconfig as the person's own kubectl takes it: it may run programs for its credentials. */
export interface KubectlContext {
  kubeconfig: string;
  context?: string;
}

const patience = 30_000;

/**
 * Makes the service account of a scope with the person's own kubectl, and returns a kubeconfig with its token. For kubeconfigs
 * that run programs, which Lifeboat never does itself. Throws LifeboatError `invalid` with what kubectl says, `unavailable`
 * when the cluster's controllers make no token.
 */
export async function accountThroughKubectl(context: KubectlContext, scope: RbacScope): Promise<string> {
  const kubectl = (parameters: string[], input = '') => runKubectl(context, parameters, input);
  const items = rbacManifests(scope);
  await kubectl(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  const token = await tokenOf(kubectl, scope);
  const view = await kubectl(['config', 'view', '--minify', '--flatten', '--raw', '-o', 'json']);
  const [cluster] = (JSON.parse(view) as { clusters?: { cluster?: object }[] | null }).clusters ?? [];
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'cluster',
    contexts: [{ name: 'cluster', context: { cluster: 'cluster', user: 'account' } }],
    clusters: [{ name: 'cluster', cluster: cluster?.cluster ?? {} }],
    users: [{ name: 'account', user: { token } }],
  });
}

async function tokenOf(
  kubectl: (parameters: string[]) => Promise<string>,
  scope: RbacScope,
): Promise<string> {
  const secret = tokenSecretName(scope);
  const asked = ['get', 'secret', secret, '-n', scope.home, '-o', 'jsonpath={.data.token}'];
  for (let waited = 0; waited < patience; waited += 500) {
    const token = await kubectl(asked);
    if (token !== '') return Buffer.from(token, 'base64').toString('utf8');
    await delay(500);
  }
  throw new LifeboatError('unavailable', `Secret ${scope.home}/${secret} has no token after 30 seconds`, {
    hint: 'check that the kube-controller-manager of the cluster runs, and try again',
  });
}

function runKubectl(
  { kubeconfig, context }: KubectlContext,
  parameters: string[],
  input: string,
): Promise<string> {
  const which = ['--kubeconfig', kubeconfig, ...(context ? ['--context', context] : [])];
  return new Promise((resolve, reject) => {
    const child = spawn('kubectl', [...which, ...parameters], { stdio: 'pipe' });
    const said: Record<'stdout' | 'stderr', string> = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        said[name] += text;
      });
    }
    const fail = (why: string) =>
      reject(
        new LifeboatError('invalid', `kubectl ${parameters.slice(0, 2).join(' ')}: ${why}`, {
          hint: 'make sure that your own kubectl reaches the cluster with this kubeconfig, as an administrator',
        }),
      );
    child.once('error', (error) => fail(error.message));
    child.once('close', (code) =>
      code === 0 ? resolve(said.stdout) : fail(said.stderr.trim().slice(0, 1000)),
    );
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}
