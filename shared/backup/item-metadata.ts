import type { KubeObject, ObjectMeta } from '../cluster/kube-object';

/** The object's own metadata, not that of something in a field before it. */
const METADATA = /^\{\s*(?:"(?:apiVersion|kind)":"[^"]*",\s*)*"metadata":(?=\{)/;
const MANAGED_FIELDS = ',"managedFields":[';

/**
 * The metadata of an object, without reading the rest where that can be helped: built-in kinds have metadata first and
 * managedFields, most of its bytes, last in it. Field names cannot be confused with text: inside a JSON string the quotes
 * would be escaped; should the cut be wrong all the same, the whole object is parsed.
 * Throws SyntaxError when the bytes are not JSON.
 */
export function itemMetadata(body: Buffer): ObjectMeta {
  const start = METADATA.exec(body.toString('latin1', 0, 400))?.[0].length;
  const end = start === undefined ? -1 : body.indexOf(MANAGED_FIELDS, start);
  if (end > 0) {
    try {
      const meta = JSON.parse(`${body.toString('utf8', start, end)}}`) as ObjectMeta;
      // Custom resources have their keys in alphabetical order, so the name comes after the cut.
      if (typeof meta.name === 'string') return meta;
    } catch {
      // The object's own metadata had no managedFields, but something inside it did.
    }
  }
  const object = JSON.parse(body.toString('utf8')) as KubeObject;
  if (typeof object.metadata?.name !== 'string') throw new SyntaxError('an object without metadata.name');
  return object.metadata;
}
