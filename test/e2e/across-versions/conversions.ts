const flowcontrol = 'flowcontrol.apiserver.k8s.io';

/** By target: kinds that it does not take in the version that v1.20.2 prefers, and what becomes of them. */
export const fromThen: Record<string, Record<string, string>> = {
  'v1.24.17': {},
  'v1.37.2': {
    CronJob: 'batch/v1beta1 → batch/v1',
    PodDisruptionBudget: 'policy/v1beta1 → policy/v1',
    EndpointSlice: 'discovery.k8s.io/v1beta1 → discovery.k8s.io/v1',
    FlowSchema: `${flowcontrol}/v1beta1 → ${flowcontrol}/v1`,
    PriorityLevelConfiguration: `${flowcontrol}/v1beta1 → ${flowcontrol}/v1`,
  },
};

/** What v1.20.2 does not serve in the version that v1.37.2 prefers. */
export const back: Record<string, string> = {
  CronJob: 'batch/v1 → batch/v1beta1',
  PodDisruptionBudget: 'policy/v1 → policy/v1beta1',
  HorizontalPodAutoscaler: 'autoscaling/v2 → autoscaling/v2beta2',
  EndpointSlice: 'discovery.k8s.io/v1 → discovery.k8s.io/v1beta1',
  FlowSchema: `${flowcontrol}/v1 → ${flowcontrol}/v1beta1`,
  PriorityLevelConfiguration: `${flowcontrol}/v1 → ${flowcontrol}/v1beta1`,
};
