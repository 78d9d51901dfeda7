import { LifeboatError } from '../../shared/platform/errors';

export interface OssPlaceFlag {
  /** As given in front of it, or the bucket. */
  name: string;
  bucket: string;
  prefix: string;
}

/** Reads `oss://bucket/prefix` or `name=oss://bucket/prefix`. Throws `invalid`. */
export function ossPlace(text: string): OssPlaceFlag {
  const [, name, bucket, path = ''] =
    /^(?:([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)=)?oss:\/\/([a-z0-9][a-z0-9-]{1,61}[a-z0-9])(?:\/(.*))?$/.exec(
      text,
    ) ?? [];
  const prefix = path.replace(/^\/+|\/+$/g, '');
  if (bucket && /^[A-Za-z0-9_.=/-]*$/.test(prefix)) return { name: name ?? bucket, bucket, prefix };
  throw new LifeboatError('invalid', `"${text}" is not a place in OSS`, {
    hint: 'write oss://bucket/prefix, or name=oss://bucket/prefix',
  });
}

/** The same for a flag that may be given several times. */
export function ossPlaces(text: string, before: OssPlaceFlag[] = []): OssPlaceFlag[] {
  return [...before, ossPlace(text)];
}
