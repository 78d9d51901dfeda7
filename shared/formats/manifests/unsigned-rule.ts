import { LifeboatError } from '../../platform/errors';
import { isPattern } from './selection/glob';
import type { Replication } from './replication';

/**
 * The namespaces of the backup that a rule names. Throws LifeboatError `invalid` where the rule takes unsigned backups and
 * names none, or writes a pattern: whoever can write to the vault would choose the namespaces.
 */
export function namedNamespaces({ metadata, spec }: Replication): readonly string[] {
  const { namespaces = [] } = spec.source;
  if (!spec.trustUnsigned || (namespaces.length > 0 && !namespaces.some(isPattern))) return namespaces;
  throw new LifeboatError(
    'invalid',
    `replication "${metadata.name}": takes unsigned backups, and ${namespaces.length === 0 ? 'names no namespaces' : 'names namespaces by a pattern'}: whoever can write to the vault would choose where its objects go`,
    {
      hint: 'name each namespace in spec.source.namespaces (--include-namespaces shop,bank), or trust a key instead (spec.trustedKeys, --trust-key)',
    },
  );
}
