import { type ApiResource, apiVersion } from '../cluster/api-resource';
import type { KubeObject, ObjectMeta } from '../cluster/kube-object';

/** What selection reads of an object; of the labels, only one that leaves the object out is sure to be there. */
export type ItemMetadata = Pick<ObjectMeta, 'name' | 'namespace' | 'labels' | 'deletionTimestamp'>;

const ANNOTATIONS = Buffer.from(',"annotations":{');
const MANAGED_FIELDS = Buffer.from(',"managedFields":[');
const DELETION = Buffer.from('"deletionTimestamp":');

/**
 * Reads the metadata of the objects of one resource, without parsing the rest where that can be helped: API servers write
 * that of built-in kinds first and in one order, with the annotations and managedFields, most of its bytes, behind all that
 * selection reads. Field names cannot be confused with text, since inside a JSON string their quotes would be escaped; where
 * the cut is not in the object's own metadata the parse fails. Whatever looks unusual is parsed whole.
 * Throws SyntaxError when the bytes are not JSON or no object.
 */
export function metadataReader(resource: ApiResource): (body: Buffer) => ItemMetadata {
  const head = `{"apiVersion":"${apiVersion(resource)}","kind":"${resource.kind}","metadata":`;
  const start = head.length;
  return (body) => {
    if (body.toString('latin1', 0, start) !== head) return readWhole(body);
    return (
      readUpTo(body, start, ANNOTATIONS, resource) ??
      readUpTo(body, start, MANAGED_FIELDS, resource) ??
      readWhole(body)
    );
  };
}

function readUpTo(
  body: Buffer,
  start: number,
  cut: Buffer,
  { namespaced }: ApiResource,
): ItemMetadata | undefined {
  const end = body.indexOf(cut, start);
  if (end < 0) return undefined;
  try {
    const meta = JSON.parse(`${body.toString('utf8', start, end)}}`) as ObjectMeta;
    // Custom resources have their keys in alphabetical order, so the name comes after the cut.
    if (typeof meta.name !== 'string' || (namespaced && typeof meta.namespace !== 'string')) return undefined;
    return isInOrder(meta) && (meta.deletionTimestamp || !body.includes(DELETION, end)) ? meta : undefined;
  } catch {
    return undefined;
  }
}

/** As the Go struct has it: times before labels. Another order may have labels or a deletion behind the cut. */
function isInOrder(meta: ObjectMeta): boolean {
  const keys = Object.keys(meta);
  const created = keys.indexOf('creationTimestamp');
  return created >= 0 && !keys.slice(0, created).includes('labels');
}

function readWhole(body: Buffer): ItemMetadata {
  const object = JSON.parse(body.toString('utf8')) as KubeObject;
  if (typeof object.metadata?.name !== 'string') throw new SyntaxError('an object without metadata.name');
  return object.metadata;
}
