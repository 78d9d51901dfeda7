/** One command that a backup or a restore runs in a container of a pod. */
export interface ExecHook {
  container: string;
  /** The program and its arguments. No shell reads them. */
  command: readonly string[];
  /** Milliseconds. */
  timeout: number;
  /** `Fail`: the volumes of the pod are not saved, and later hooks of the phase are not run. */
  onError: 'Continue' | 'Fail';
  /** Where it is written, for people: `annotation pre.hook.backup.velero.io/command`, `hook "freeze" of the backup`. */
  origin: string;
  /** Why it cannot be run at all; it fails without being sent. */
  fault?: string;
}

/** The hooks of one pod. */
export interface PodHooks {
  namespace: string;
  pod: string;
  uid: string;
  /** In this order. */
  pre: readonly ExecHook[];
  post: readonly ExecHook[];
  /** What is wrong with how they are written and does not keep them from running, one sentence each. */
  problems: readonly string[];
}

/** How a pod is named where several are: `shop/db-0`. */
export function podKey({ namespace, pod }: Pick<PodHooks, 'namespace' | 'pod'>): string {
  return `${namespace}/${pod}`;
}
