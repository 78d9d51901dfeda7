import type { Vouched } from '../app/fc/http-event';

/** A trigger's own domain: `<id>.<region>.fcapp.run`. Nobody can register one of these as a custom domain. */
const ownDomain = /^[a-z0-9-]+(\.[a-z0-9-]+)+\.fcapp\.run$/i;

/** One header, whole: repeated headers come joined by a comma, and FC may have looked at another part than we do. */
const acs3 =
  /^ACS3-[A-Z0-9-]{1,32} Credential=([\w.-]{1,128}), ?SignedHeaders=[\w.;-]{1,4096}, ?Signature=[\w+/=]{1,1024}$/;
const fc2 = /^FC ([\w.-]{1,128}):[\w+/=]{1,1024}$/;

/**
 * The access key that a request is signed with, as Function Compute has verified it; undefined where it has not. A trigger
 * with `authType: function` lets in only requests whose `Authorization` header it has verified, at its own domain alone: a
 * custom domain has an authentication setting of its own, and without one anybody's header reaches the function. So a
 * signature counts at the trigger's domain, and at the custom `domains` whose signature authentication people have turned on.
 * @param vouched what FC's envelope says of the request; absent where no envelope came with it (the API in memory)
 */
export function signingKey(
  header: string | undefined,
  { vouched, domains = [] }: { vouched?: Vouched; domains?: readonly string[] },
): string | undefined {
  if (vouched && !ownDomain.test(vouched.domain) && !domains.includes(vouched.domain.toLowerCase()))
    return undefined;
  const [, id] = acs3.exec(header ?? '') ?? fc2.exec(header ?? '') ?? [];
  return id;
}
