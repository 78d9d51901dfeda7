import type { KubeObject } from '../../../../platform/kubernetes/kube-object';
import type { ConflictPolicy, Conflicts } from '../../../../formats/manifests/conflict-policy';
import { type Matcher, matcher } from '../../../../formats/manifests/selection/glob';
import type { RestoreSpec } from '../../../../formats/manifests/velero';
import { movedTo } from '../../convert/moved';
import { meansSome } from '../selection';

/**
 * What takes other things with it when it goes is never deleted to be made again: it is updated. With a service account go
 * its token Secrets, which do not name it as their owner (pkg/controller/serviceaccount/tokens_controller.go), and the tokens
 * that its pods run with, which are good for its uid alone.
 */
const neverDeleted = new Set([
  'namespaces',
  'customresourcedefinitions.apiextensions.k8s.io',
  'persistentvolumes',
  'persistentvolumeclaims',
  'serviceaccounts',
]);

/** What a restore does to each object that exists and differs. */
export class ConflictPolicies {
  readonly #default: ConflictPolicy;
  readonly #rules: { matches: Matcher; policy: ConflictPolicy; named: boolean }[];
  readonly #kept?: { name: string; value?: string };

  /** @param resolve turns resources as people name them into Velero's names */
  constructor(
    conflicts: Conflicts | undefined,
    existingResourcePolicy: RestoreSpec['existingResourcePolicy'],
    resolve: (names: string[]) => string[],
  ) {
    this.#default = conflicts?.policy ?? (existingResourcePolicy === 'update' ? 'update' : 'skip');
    this.#rules = Object.entries(conflicts?.resources ?? {}).flatMap(([resource, policy]) =>
      resolve([resource]).map((name) => ({
        matches: matcher(movedTo(name)),
        policy,
        named: meansSome(resource),
      })),
    );
    const [name, ...value] = conflicts?.keepAnnotated?.split('=') ?? [];
    if (name) this.#kept = { name, ...(value.length > 0 && { value: value.join('=') }) };
  }

  of(groupResource: string): ConflictPolicy {
    const moved = movedTo(groupResource);
    const policy = this.#rules.find(({ matches }) => matches(moved))?.policy ?? this.#default;
    return policy === 'replace' && neverDeleted.has(moved) ? 'update' : policy;
  }

  /** Whether a resource has a policy of its own. */
  names(groupResource: string): boolean {
    const moved = movedTo(groupResource);
    return this.#rules.some(({ matches, named }) => named && matches(moved));
  }

  /** Why nothing may be done to an object of the cluster, whatever the policy says. */
  keeps({ metadata }: Pick<KubeObject, 'metadata'>): string | undefined {
    if (!this.#kept) return undefined;
    const { name, value } = this.#kept;
    const found = metadata.annotations?.[name];
    if (found === undefined || (value !== undefined && found !== value)) return undefined;
    return `its annotation ${name} says that it is not to be touched`;
  }
}
