/** What both signature versions sign: the request as the service understood it, everything decoded. */
export interface SignedRequest {
  method: string;
  bucket?: string;
  key?: string;
  /** In the order of the request; an empty value and a missing one are the same. */
  query: readonly (readonly [string, string])[];
  /** Lower-case names, UTF-8 values. */
  headers: Readonly<Record<string, string>>;
}

/** `/bucket/key`, `/bucket/` for the bucket, `/` for the service: signed so in virtual-host addressing too. */
export function resourceOf({ bucket, key }: SignedRequest): string {
  return bucket === undefined ? '/' : `/${bucket}/${key ?? ''}`;
}
