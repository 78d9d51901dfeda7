/** Fields of an object's metadata that its API server gives it, and nobody else. managedFields apart, which a create may bring. */
export const serverGiven = [
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'selfLink',
] as const;
