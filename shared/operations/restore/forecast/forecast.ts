import { groupOf } from '../../../platform/kubernetes/api-resource';
import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import { objectName } from '../../../formats/manifests/object-name';
import { someOf } from '../../../formats/manifests/selection/some-of';
import type { RestoreRequest } from '../../../formats/manifests/run';
import type { Place } from '../target/place';
import type { TargetCalls } from '../target/target-calls';
import type { LeftOutNeeds } from '../check/cluster-needs';
import type { Detail, ObjectOutcome, Subject } from '../report/outcome';
import type { UnmappedNamespace } from '../report/unmapped-namespaces';
import { imagesOf } from '../transform/images';
import { ClassesNeeded } from './classes';
import { Problems } from './problems';
import { Mentions } from '../report/mentions';
import type { Problem } from '../plan/problem';
import { checkQuotas, NamespaceUse } from './quotas';
import { fileRefusal } from './refusals';
import { backendsOf, checkWebhooks, isWebhookConfiguration } from './webhooks';

/** Tells whether the API server could look at an object of this kind in this namespace as it would be. */
export interface Checks {
  checks(resource: string, group: string, namespace: string | undefined): boolean;
}

/** Watches a rehearsal and says what would go wrong with the restore. */
export class Forecast {
  readonly #problems = new Problems();
  readonly #classes = new ClassesNeeded();
  readonly #use = new NamespaceUse();
  readonly #quotas: KubeObject[] = [];
  readonly #webhooks: { webhook: string; service: string }[] = [];
  readonly #registries = new Mentions();

  constructor(
    private readonly cluster: Checks,
    private readonly request: Pick<RestoreRequest, 'transforms' | 'allowEmptyVolumes'>,
  ) {}

  /** An object as it would be sent. */
  see({ groupResource }: Place, object: KubeObject): void {
    this.#classes.see(groupResource, object);
    if (isWebhookConfiguration(groupResource)) this.#webhooks.push(...backendsOf(object));
    this.#seeImages(groupResource, object);
  }

  /** An object that would be created. */
  makes({ groupResource }: Place, object: KubeObject): void {
    this.#use.add(groupResource, object);
    if (groupResource === 'resourcequotas') this.#quotas.push(object);
  }

  /** A CustomResourceDefinition that would be set back to an older schema. */
  losesFields(name: string, lost: readonly string[]): void {
    this.#problems.add(
      'crd-would-lose-fields',
      `objects of ${name} in every namespace would lose ${someOf(lost)} at their next write`,
      'leave the definition as it is (--conflicts-of customresourcedefinitions=skip)',
      [`customresourcedefinitions.apiextensions.k8s.io ${name}`],
    );
  }

  /** Cluster-scoped objects that are left out although what is restored needs them. */
  leavesOut({ groupResource, names }: LeftOutNeeds, message: string, hint: string): void {
    const objects = names.map((name) => objectName({ groupResource, name }));
    this.#problems.add('cluster-resources-left-out', message, hint, objects);
  }

  /** A mapped namespace that objects name where no mapping applies. */
  isNotMapped({ groupResource, namespace, count, objects }: UnmappedNamespace): void {
    this.#problems.add(
      'namespace-not-mapped',
      `${groupResource} name namespace ${namespace} where no mapping applies`,
      'change them with --resource-modifiers (environment variables: --map-environment), or leave them as they are',
      objects,
      count,
    );
  }

  /** The outcome of an object. */
  hear(outcome: ObjectOutcome): void {
    fileRefusal(this.#problems, outcome, this.request.allowEmptyVolumes ?? false);
  }

  /** What a plan says of an object that the API server could not look at. */
  check({ apiVersion, groupResource, namespace }: Subject): Detail {
    const resource = groupResource.split('.')[0]!;
    return this.cluster.checks(resource, groupOf(apiVersion), namespace) ? {} : { unchecked: true };
  }

  /** Asks the cluster what is left to ask; called once, at the end. */
  async problems(calls: TargetCalls): Promise<Problem[]> {
    await this.#classes.check(calls, this.#problems);
    await checkWebhooks(calls, this.#webhooks, this.#problems);
    await checkQuotas(calls, this.#use, this.#quotas, this.#problems);
    for (const [registry, { objects, count }] of this.#registries.entries()) {
      const hint = 'map it too (--image-mappings), or the target pulls from the old place';
      this.#problems.add(
        'image-registry-not-mapped',
        `images of ${registry} are not mapped`,
        hint,
        objects,
        count,
      );
    }
    return this.#problems.list();
  }

  /** Where some registries are mapped, the others may have been forgotten. */
  #seeImages(groupResource: string, object: KubeObject): void {
    const { images } = this.request.transforms ?? {};
    if (!images) return;
    const targets = Object.values(images);
    for (const image of imagesOf(groupResource, object)) {
      if (targets.some((target) => image.startsWith(target))) continue;
      const { namespace, name } = object.metadata;
      this.#registries.add(registryOf(image), objectName({ groupResource, namespace, name }));
    }
  }
}

function registryOf(image: string): string {
  const [first = '', ...rest] = image.split('/');
  return rest.length > 0 && /[.:]|^localhost$/.test(first) ? first : 'docker.io';
}
