/** How long a restore waits for what only time brings, in milliseconds. */
export interface Patience {
  /** A namespace that is being deleted (Velero's --terminating-resource-timeout). */
  termination: number;
  /** CRDs, webhooks and the like, in all of a restore (Velero's --resource-timeout); a request may say otherwise. */
  resources: number;
  /** Of that, what a webhook or policy denies: since the last success. */
  controllers: number;
  /** An object that is deleted to be made again. */
  deletion: number;
  /** Claims that get their data from snapshots, at the end of a restore. */
  binding: number;
  /** Between two looks. */
  poll: number;
}

export const defaultPatience: Patience = {
  termination: 600_000,
  resources: 600_000,
  controllers: 30_000,
  deletion: 60_000,
  binding: 60_000,
  poll: 1_000,
};
