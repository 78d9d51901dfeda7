import { findDebts, type HookDebt, type OwedPod, removeDebt } from '../../formats/state/run/hook-debts';
import { listPages } from '../../platform/kubernetes/list';
import type { KubeObject } from '../../platform/kubernetes/kube-object';
import type { Log } from '../../platform/log/log';
import type { ObjectStore } from '../../platform/oss/port';
import { hasEnded } from './pod-containers';
import type { PodHooks } from './pod-hooks';
import { type HookRunner, runHook } from './run-hook';

const podResource = { group: '', version: 'v1', kind: 'Pod', resource: 'pods', namespaced: true };

/** What is owed to pods once a pre hook of theirs may have run. */
export function debtOf(pods: readonly PodHooks[]): HookDebt {
  return {
    pods: pods
      .map(({ namespace, pod, uid, post }) => ({
        namespace,
        pod,
        uid,
        hooks: post
          .filter(({ fault }) => fault === undefined)
          .map(({ container, command, timeout, origin }) => ({
            container,
            command: [...command],
            timeout,
            origin,
          })),
      }))
      .filter(({ hooks }) => hooks.length > 0),
  };
}

export interface PayingDebts extends HookRunner {
  log: Log;
}

/**
 * Runs the post hooks that an attempt of a run owes to pods, because it ended, or could not reach them, after it may have sent
 * their pre hooks. A pod that is gone, or was replaced, is owed nothing. A hook that fails is told as an error, and its debt
 * ends. Throws where the API server does not answer, and the signal's reason: the debt stays.
 * @param run bound to the run's folder
 */
export async function payDebts(run: ObjectStore, job: PayingDebts): Promise<void> {
  for (const { block, debt } of await findDebts(run)) {
    await Promise.all(debt.pods.map((pod) => pay(pod, job)));
    await removeDebt(run, block);
  }
}

async function pay(owed: OwedPod, job: PayingDebts): Promise<void> {
  const { namespace, pod, uid, hooks } = owed;
  const fields = { resource: 'pods', namespace, name: pod };
  const found = await findPod(owed, job);
  if (!found || found.metadata.uid !== uid || hasEnded(found)) {
    job.log.info('the pod that post hooks are owed to is gone or has ended', fields);
    return;
  }
  for (const hook of hooks) {
    const { failure } = await runHook(job, owed, hook, true);
    const which = `${hook.origin}, container "${hook.container}", owed since an earlier attempt`;
    if (failure === undefined) job.log.info(`${which}: ran`, fields);
    else
      job.log.error(
        `${which}: failed: ${failure}; look whether the pod still waits for it, and run it by hand`,
        fields,
      );
  }
}

/** By a list: accounts with the least rights may get no pods. */
async function findPod(
  { namespace, pod }: OwedPod,
  { cluster, signal }: PayingDebts,
): Promise<KubeObject | undefined> {
  const options = { namespace, fieldSelector: `metadata.name=${pod}`, signal };
  for await (const { items } of listPages(cluster, podResource, options)) {
    for (const { json } of items) {
      const found = JSON.parse(json.toString('utf8')) as KubeObject;
      if (found.metadata.name === pod) return found;
    }
  }
  return undefined;
}
