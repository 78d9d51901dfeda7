import type { KubeObject } from '../../platform/kubernetes/kube-object';
import type { Log } from '../../platform/log/log';
import type { BackupSpec } from '../../formats/manifests/velero';

const preHooks = ['pre.hook.backup.velero.io/command', 'hook.backup.velero.io/command'];
const postHook = 'post.hook.backup.velero.io/command';

/**
 * Hooks are not run yet. A pre hook that was asked for makes data consistent, so without it the backup is not what was
 * asked for: an error; a post hook alone is a warning. Velero runs none in pods that have ended.
 */
export function reportPodHooks(pod: KubeObject, log: Log): void {
  const { annotations = {}, namespace, name } = pod.metadata;
  if (pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') return;
  const fields = { resource: 'pods', namespace, name };
  if (preHooks.some((key) => annotations[key])) {
    log.error(
      'the pod asks for a pre hook by annotation, and hooks are not run: it was backed up without it',
      fields,
    );
  } else if (annotations[postHook]) {
    log.warn('the pod asks for a post hook by annotation, and hooks are not run', fields);
  }
}

interface HookSpec {
  name?: string;
  pre?: unknown[];
  post?: unknown[];
}

/** The same for the hooks in the backup's spec. */
export function reportSpecHooks(spec: BackupSpec, log: Log): void {
  const hooks = (spec.hooks?.resources ?? []) as HookSpec[];
  for (const { name = '', pre = [], post = [] } of hooks) {
    if (pre.length > 0) log.error(`the backup asks for the pre hooks ${name}, and hooks are not run`);
    else if (post.length > 0) log.warn(`the backup asks for the post hooks ${name}, and hooks are not run`);
  }
}
