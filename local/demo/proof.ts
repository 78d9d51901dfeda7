import { type Comparison, compareSnapshots } from '../proof/compare';
import { type Snapshot, takeSnapshot } from '../proof/snapshot';
import type { DemoCluster } from './demo-cluster';
import { shopClusterScoped, shopNamespaces } from './shop';

/** The comparison of a cluster with what was there before, in numbers. */
export interface Proof {
  equal: number;
  missing: Comparison[];
  differing: Comparison[];
  /** Made again by the cluster itself. */
  left: number;
}

/** Everything of the demo's application in a cluster. */
export function snapshotOfShop(cluster: DemoCluster): Promise<Snapshot> {
  return takeSnapshot(cluster.api, shopNamespaces, shopClusterScoped);
}

/** Compares what a cluster holds now with an earlier snapshot, object by object and field by field. */
export async function prove(before: Snapshot, cluster: DemoCluster): Promise<Proof> {
  const comparisons = compareSnapshots(before, await snapshotOfShop(cluster));
  const of = (verdict: Comparison['verdict']) => comparisons.filter((each) => each.verdict === verdict);
  return {
    equal: of('equal').length,
    missing: of('missing'),
    differing: of('differs'),
    left: of('left to the cluster').length,
  };
}

/** Faults that fit into a line. */
const named = 2;

/** One line for the table. */
export function proofText({ equal, missing, differing, left }: Proof): string {
  const faults = [...missing, ...differing].map(
    ({ key, verdict, detail }) => `${key} ${verdict}${detail ? ` (${detail})` : ''}`,
  );
  if (faults.length > 0) {
    const more = faults.length > named ? `; and ${faults.length - named} more` : '';
    return `${equal} equal, but: ${faults.slice(0, named).join('; ')}${more}`;
  }
  return `${equal} of ${equal} objects equal, field by field (${left} more are made by the cluster itself)`;
}

export function isProved({ missing, differing, equal }: Proof): boolean {
  return equal > 0 && missing.length === 0 && differing.length === 0;
}

/** The comparison was by digits: a serial that JavaScript cannot hold was among what was equal. */
export function bigNumberWasAmong(before: Snapshot): boolean {
  const coupon = before.get('coupons.shop.example.com shop/autumn') as
    | { spec?: { serial?: unknown } }
    | undefined;
  return coupon?.spec?.serial === 'number:9223372036854775807';
}
