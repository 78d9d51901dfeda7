import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import { objectAt, objectsOf } from '../convert/conversion';
import { containersOf, podSpecOf } from './pod-spec';

/**
 * An image under the mapping of prefixes; the longest that fits wins, and ends where a part of the image ends. Tag and digest
 * stay. An image without a registry is Docker Hub's: `nginx` is `docker.io/library/nginx`. Undefined where no prefix fits.
 */
export function mapImage(image: string, mapping: Readonly<Record<string, string>>): string | undefined {
  const prefixes = Object.keys(mapping).sort((left, right) => right.length - left.length);
  for (const name of imageNames(image)) {
    const prefix = prefixes.find((one) => startsWithPart(name, one));
    if (prefix !== undefined) return mapping[prefix]! + name.slice(prefix.length);
  }
  return undefined;
}

/** Whether a mapping from `prefix` fits an image, though a longer one may win. */
export function fitsImage(image: string, prefix: string): boolean {
  return [...imageNames(image)].some((name) => startsWithPart(name, prefix));
}

/** Maps every image of an object of a built-in kind. Changes `object`. */
export function mapImages(
  groupResource: string,
  object: KubeObject,
  mapping: Readonly<Record<string, string>>,
): void {
  for (const holder of imageHolders(groupResource, object)) {
    holder.fields[holder.field] = mapImage(holder.image, mapping) ?? holder.image;
  }
}

/** The images of an object of a built-in kind. */
export function imagesOf(groupResource: string, object: KubeObject): string[] {
  return imageHolders(groupResource, object).map(({ image }) => image);
}

interface ImageHolder {
  fields: Record<string, unknown>;
  field: string;
  image: string;
}

function imageHolders(groupResource: string, object: KubeObject): ImageHolder[] {
  const spec = podSpecOf(groupResource, object);
  const holders = [
    ...containersOf(spec).map((fields) => ({ fields, field: 'image' })),
    // Volumes that are images.
    ...objectsOf(spec?.volumes).flatMap((volume) => {
      const fields = objectAt(volume, 'image');
      return fields ? [{ fields, field: 'reference' }] : [];
    }),
  ];
  return holders.flatMap(({ fields, field }) => {
    const image = fields[field];
    return typeof image === 'string' ? [{ fields, field, image }] : [];
  });
}

function startsWithPart(image: string, prefix: string): boolean {
  if (!image.startsWith(prefix)) return false;
  return prefix.endsWith('/') || image.length === prefix.length || /[/:@]/.test(image[prefix.length]!);
}

function imageNames(image: string): Set<string> {
  return new Set([image, fullName(image)]);
}

/** As container runtimes read a name without a registry (distribution/reference, ParseNormalizedNamed). */
function fullName(image: string): string {
  const slash = image.indexOf('/');
  const first = image.slice(0, Math.max(slash, 0));
  if (slash > 0 && (/[.:]/.test(first) || first === 'localhost')) return image;
  return slash < 0 ? `docker.io/library/${image}` : `docker.io/${image}`;
}
