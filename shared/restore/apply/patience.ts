/** How long a restore waits for what only time brings, in milliseconds. */
export interface Patience {
  /** A namespace that is being deleted (Velero's --terminating-resource-timeout). */
  termination: number;
  /** CRDs becoming established and served (Velero's --resource-timeout). */
  definitions: number;
  /** Webhooks and the like, at the end, since the last success. */
  refusals: number;
  /** Between two looks. */
  poll: number;
}

export const defaultPatience: Patience = {
  termination: 600_000,
  definitions: 600_000,
  refusals: 60_000,
  poll: 1_000,
};
