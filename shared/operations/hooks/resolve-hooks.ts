import type { BackupHooksSpec, ExecSpec, ResourceHooks } from '../../formats/manifests/hooks';
import type { KubeObject } from '../../platform/kubernetes/kube-object';
import { annotatedHook, type Phase } from './annotated-hooks';
import { HookSelections } from './hook-selection';
import { hasEnded, lastingContainers } from './pod-containers';
import type { PodHooks } from './pod-hooks';
import { readHook, type WrittenHook } from './written-hook';

/**
 * Finds the hooks of pods, by annotation and by the backup's spec, as Velero does: an annotation of a phase takes the place of
 * all hooks of the spec for that pod and phase, and pods that have ended have none.
 */
export class HookResolver {
  readonly #selections: HookSelections<ResourceHooks>;

  constructor(spec: BackupHooksSpec | undefined) {
    this.#selections = new HookSelections(spec?.resources ?? []);
  }

  /** Undefined for a pod that has none, and nothing to be told of. */
  of(pod: KubeObject): PodHooks | undefined {
    if (hasEnded(pod)) return undefined;
    const { namespace = '', name, uid = '', annotations = {} } = pod.metadata;
    const containers = lastingContainers(pod);
    const selected = this.#selections.of(pod);
    const problems: string[] = [];
    const problem = (sentence: string) => problems.push(sentence);
    const read = (phase: Phase) => {
      const annotated = annotatedHook(annotations, phase, problem);
      const written = annotated ? [annotated] : selected.flatMap((spec) => specHooks(spec, phase));
      return written.map((hook) => readHook(hook, containers, problem));
    };
    const [pre, post] = [read('pre'), read('post')];
    if (pre.length === 0 && post.length === 0 && problems.length === 0) return undefined;
    return { namespace, pod: name, uid, pre, post, problems };
  }

  /** Names of the spec's hooks that no pod was found for. */
  get unmatched(): string[] {
    return this.#selections.unmatched;
  }
}

function specHooks(spec: ResourceHooks, phase: Phase): WrittenHook[] {
  return (spec[phase] ?? []).map(({ exec }: { exec: ExecSpec }) => ({
    ...exec,
    origin: `${phase} hook "${spec.name}" of the backup`,
  }));
}
