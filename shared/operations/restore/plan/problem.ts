/** What would go wrong with a restore, by what is the matter. */
export type ProblemKind =
  | 'missing-crd'
  | 'webhook-without-backend'
  | 'quota-too-small'
  | 'storage-class-absent'
  | 'ingress-class-absent'
  | 'node-port-taken'
  | 'image-registry-not-mapped'
  | 'immutable-field'
  | 'namespace-terminating'
  | 'crd-would-lose-fields'
  | 'namespace-not-mapped'
  | 'cluster-resources-left-out'
  | 'volume-without-data'
  | 'snapshot-not-named'
  | 'refused';

export interface Problem {
  kind: ProblemKind;
  /** One line. */
  message: string;
  /** How to cure it; one line. */
  hint: string;
  /** How many objects it concerns. */
  count: number;
  /** The first of them: `deployments.apps shop/web`. */
  objects: string[];
}
