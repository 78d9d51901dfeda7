import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import { matchesSelector } from '../../../formats/manifests/selection/label-match';
import type { Transforms } from '../../../formats/manifests/modifiers/transforms';
import type { LabelSelector, RestoreSpec } from '../../../formats/manifests/velero';
import type { ItemRef } from '../../../formats/vault/archive-types';
import { objectsOf } from '../convert/conversion';
import { movedTo } from '../convert/moved';
import { Modifiers } from '../transform/modifiers';
import { fitsImage, imagesOf } from '../transform/images';
import { storageClassOf } from '../transform/storage-classes';

/** Names kept for a message that says what the backup holds instead. */
const mostRegistries = 50;

/**
 * What the first reading of an archive finds that filters and mappings can match: a few names, never something for each
 * object. Only the parts that a request asks about are counted.
 */
export class ArchiveCensus {
  /** Namespaces of the archive, those without objects included. */
  readonly namespaces = new Set<string>();
  /** Group-resources of the archive, by their names of today. */
  readonly resources = new Set<string>();
  /** The same, of objects that the filters take, labels aside. */
  readonly resourcesInScope = new Set<string>();
  /** Storage classes of claims, volumes and templates in scope; only where classes are mapped. */
  readonly classes = new Set<string>();
  /** Keys of the image mapping that fit an image in scope. */
  readonly images = new Set<string>();
  /** Where images in scope come from, at most 50; only where images are mapped. */
  readonly registries = new Set<string>();
  /** Indexes of `orLabelSelectors` that match an object in scope. */
  readonly selectors = new Set<number>();
  /** Indexes of resource modifiers whose conditions hold for an object in scope. */
  readonly modifiers = new Set<number>();
  readonly #ready?: Modifiers;
  readonly #orSelectors: readonly LabelSelector[];
  readonly #imagePrefixes: readonly string[];
  readonly #mapsClasses: boolean;

  constructor(
    { orLabelSelectors = [] }: RestoreSpec,
    { images, storageClasses, resourceModifiers }: Transforms = {},
  ) {
    this.#ready = resourceModifiers && new Modifiers(resourceModifiers);
    this.#orSelectors = orLabelSelectors;
    this.#imagePrefixes = Object.keys(images ?? {});
    this.#mapsClasses = Object.keys(storageClasses ?? {}).length > 0;
  }

  /** Takes note that the archive holds an object, also one that is no part of the restore. */
  holds({ groupResource, namespace, name }: ItemRef): void {
    const resource = movedTo(groupResource);
    this.resources.add(resource);
    if (namespace !== undefined) this.namespaces.add(namespace);
    if (resource === 'namespaces') this.namespaces.add(name);
  }

  /** Takes note of an object; `inScope` says that the filters take it, labels aside. */
  add(item: ItemRef, object: KubeObject, inScope: boolean): void {
    this.holds(item);
    if (!inScope) return;
    const resource = movedTo(item.groupResource);
    this.resourcesInScope.add(resource);
    this.#orSelectors.forEach((selector, index) => {
      if (matchesSelector(selector, object.metadata.labels)) this.selectors.add(index);
    });
    if (this.#ready) {
      this.#ready.noteMatching(object, [...new Set([item.groupResource, resource])], this.modifiers);
    }
    if (this.#mapsClasses) this.#noteClasses(resource, object);
    if (this.#imagePrefixes.length > 0) this.#noteImages(resource, object);
  }

  #noteClasses(resource: string, object: KubeObject): void {
    const holders =
      resource === 'persistentvolumes' || resource === 'persistentvolumeclaims'
        ? [object]
        : resource === 'statefulsets.apps'
          ? (objectsOf(object.spec?.volumeClaimTemplates) as unknown as KubeObject[])
          : [];
    for (const holder of holders) {
      const name = storageClassOf(holder);
      if (name !== undefined) this.classes.add(name);
    }
  }

  #noteImages(resource: string, object: KubeObject): void {
    for (const image of imagesOf(resource, object)) {
      for (const prefix of this.#imagePrefixes) if (fitsImage(image, prefix)) this.images.add(prefix);
      if (this.registries.size < mostRegistries) this.registries.add(image.replace(/[@:][^/]*$/, ''));
    }
  }
}
