import * as v from 'valibot';
import { LifeboatError } from '../../../platform/errors';
import type { Catalogue } from './catalogue';

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));

const catalogue = v.object({
  kind: v.literal('Catalogue'),
  format: v.literal(1),
  installation: v.string(),
  clusterUid: v.string(),
  cluster: v.string(),
  serverVersion: v.string(),
  apiVersions: v.record(v.string(), v.string()),
  objects: v.record(
    v.string(),
    v.object({
      size: count,
      sha256,
      crc64: v.pipe(v.string(), v.regex(/^\d{1,20}$/)),
    }),
  ),
  members: v.array(
    v.object({
      groupResource: v.optional(v.string()),
      offset: count,
      length: v.pipe(count, v.minValue(1)),
      sha256: v.optional(sha256),
      items: count,
    }),
  ),
  counts: v.record(v.string(), count),
});

/** A catalogue from its JSON. @throws LifeboatError `corrupt` naming `key` and the field */
export function parseCatalogue(key: string, json: unknown): Catalogue {
  const parsed = v.safeParse(catalogue, json);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw new LifeboatError('corrupt', `${key} is not a catalogue: ${v.getDotPath(issue) ?? 'it'} is wrong`);
}
