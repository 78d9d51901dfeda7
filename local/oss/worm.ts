import { OssError } from './oss-error';
import type { BucketConfig, WormPolicy } from './storage/bucket-config';
import type { ObjectVersion } from './storage/object-version';

const dayMs = 24 * 3600_000;

/** The policy in force: one that was not locked lapses a day after it was made. */
export function wormPolicy({ worm }: BucketConfig, now: Date): WormPolicy | undefined {
  if (!worm) return undefined;
  const lapsed = worm.state === 'InProgress' && now.getTime() >= Date.parse(worm.created) + dayMs;
  return lapsed ? undefined : worm;
}

/** Throws FileImmutable while the retention of a version that would be lost is not over. */
export function refuseLoss(
  config: BucketConfig,
  lost: readonly ObjectVersion[],
  key: string,
  now: Date,
): void {
  const policy = wormPolicy(config, now);
  if (!policy) return;
  for (const { deleteMarker, lastModified } of lost) {
    if (deleteMarker || now.getTime() >= Date.parse(lastModified) + policy.days * dayMs) continue;
    throw new OssError('FileImmutable', { elements: { Key: key } });
  }
}
