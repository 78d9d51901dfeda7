import { parse } from '../../platform/input/parse';
import { subdirectorySchema } from '../../formats/manifests/vault';
import { normalisePrefix } from '../../platform/oss/oss-location';
import type { Place } from './policies';

/** A backup is finished, or given up, within the day that a function may live; then nobody needs its parts. */
const orphanDays = 7;

/**
 * The rule that removes what unfinished uploads leave behind, for PutBucketLifecycle. That call replaces all rules of the
 * bucket: the rule is to be added to those that are there. Throws `invalid` for a prefix that no vault has.
 */
export function orphanPartsRule({ prefix = '' }: Pick<Place, 'prefix'>): string {
  const folder = parse(subdirectorySchema, prefix, `prefix "${prefix}"`);
  return `<LifecycleConfiguration>
  <Rule>
    <ID>lifeboat-orphan-parts</ID>
    <Prefix>${normalisePrefix(folder)}backups/</Prefix>
    <Status>Enabled</Status>
    <AbortMultipartUpload>
      <Days>${orphanDays}</Days>
    </AbortMultipartUpload>
  </Rule>
</LifecycleConfiguration>
`;
}
