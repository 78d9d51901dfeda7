import { type ApiResource, apiVersion } from '../cluster/api-resource';
import type { KubeObject, ObjectMeta } from '../cluster/kube-object';

/** What selection reads of an object; of the labels, only one that leaves the object out is sure to be there. */
export type ItemMetadata = Pick<ObjectMeta, 'name' | 'namespace' | 'labels' | 'deletionTimestamp'>;

/** These come behind all that selection reads in the metadata of a built-in kind, and hold most of its bytes. */
const CUTS = [',"annotations":{', ',"managedFields":['].map((text) => Buffer.from(text));

/** An object that has one of these anywhere is read whole: a server of another make may put them behind the cut. */
const TELLING = ['"deletionTimestamp":', '"velero.io/exclude-from-backup":'].map((text) => Buffer.from(text));

/**
 * Reads the metadata of the objects of one resource, without parsing the rest where that can be helped: built-in kinds have
 * metadata first, in one order of fields. Field names cannot be confused with text, since inside a JSON string their quotes
 * would be escaped; where the cut is not in the object's own metadata the parse fails, and the whole object is parsed.
 * Throws SyntaxError when the bytes are not JSON or no object.
 */
export function metadataReader(resource: ApiResource): (body: Buffer) => ItemMetadata {
  const head = `{"apiVersion":"${apiVersion(resource)}","kind":"${resource.kind}","metadata":`;
  return (body) =>
    (body.toString('latin1', 0, head.length) === head && readCut(body, head.length, resource.namespaced)) ||
    readWhole(body);
}

function readCut(body: Buffer, start: number, namespaced: boolean): ItemMetadata | undefined {
  const ends = CUTS.map((cut) => body.indexOf(cut, start)).filter((at) => at > 0);
  if (ends.length === 0 || TELLING.some((text) => body.includes(text, start))) return undefined;
  try {
    const meta = JSON.parse(`${body.toString('utf8', start, Math.min(...ends))}}`) as ObjectMeta;
    // Custom resources have their keys in alphabetical order, so the name comes after the cut.
    const complete = typeof meta.name === 'string' && (!namespaced || typeof meta.namespace === 'string');
    return complete ? meta : undefined;
  } catch {
    return undefined;
  }
}

function readWhole(body: Buffer): ItemMetadata {
  const object = JSON.parse(body.toString('utf8')) as KubeObject;
  if (typeof object.metadata?.name !== 'string') throw new SyntaxError('an object without metadata.name');
  return object.metadata;
}
