import { normalisePrefix } from '../store/oss-location';
import type { Place } from './policies';

/** A backup is finished, or given up, within the day that a function may live; then nobody needs its parts. */
const orphanDays = 7;

/**
 * The rule that removes what unfinished uploads leave behind, for PutBucketLifecycle. That call replaces all rules of the
 * bucket: the rule is to be added to those that are there.
 */
export function orphanPartsRule({ prefix }: Pick<Place, 'prefix'>): string {
  return `<LifecycleConfiguration>
  <Rule>
    <ID>lifeboat-orphan-parts</ID>
    <Prefix>${normalisePrefix(prefix ?? '')}backups/</Prefix>
    <Status>Enabled</Status>
    <AbortMultipartUpload>
      <Days>${orphanDays}</Days>
    </AbortMultipartUpload>
  </Rule>
</LifecycleConfiguration>
`;
}
