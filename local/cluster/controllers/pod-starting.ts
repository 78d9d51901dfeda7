import type { ControllerContext } from './controllers';
import { setStatus } from './workload-objects';

/** A pod runs and is ready as soon as it exists; what had ended stays as it is only in its backup. */
export function startPod(key: string, context: ControllerContext): void {
  const stored = context.storage.collection('pods').get(key);
  if (!stored || stored.meta.deletionTimestamp) return;
  const pod = stored.object();
  if (pod.status?.phase !== 'Pending') return;
  const at = pod.metadata.creationTimestamp;
  const containers = (pod.spec?.containers ?? []) as { name: string; image?: string }[];
  const index = context.storage.revision & 0xffff;
  setStatus(stored, pod, context, {
    ...pod.status,
    phase: 'Running',
    podIP: `10.244.${index >> 8}.${index & 255}`,
    startTime: at,
    conditions: ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map((type) => ({
      type,
      status: 'True',
      lastProbeTime: null,
      lastTransitionTime: at,
    })),
    containerStatuses: containers.map(({ name, image }) => ({
      name,
      image: image ?? '',
      imageID: '',
      ready: true,
      started: true,
      restartCount: 0,
      lastState: {},
      state: { running: { startedAt: at } },
    })),
  });
}
