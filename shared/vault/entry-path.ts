import type { ItemRef } from './archive-types';

/** What a path in an archive stands for. */
export type EntryPath =
  /** `resources/<gr>/namespaces/<ns>/<name>.json` or `…/cluster/<name>.json`: what a restore reads. */
  | { kind: 'item'; ref: ItemRef }
  /** A second copy in a version directory, which only a Velero with EnableAPIGroupVersions reads. */
  | { kind: 'versioned' }
  | { kind: 'format-version' }
  /** Under `resources/` and of no known form: Velero warns and goes on. */
  | { kind: 'unknown' }
  /** Of the known form with a name that Kubernetes does not allow. */
  | { kind: 'hostile' }
  /** Outside `resources/`: harmless. */
  | { kind: 'other' };

/** Classifies a safe path (no empty or dot segments); the layout is Velero's (pkg/archive/parser.go). */
export function parseEntryPath(path: string): EntryPath {
  if (path === 'metadata/version') return { kind: 'format-version' };
  const segments = path.split('/');
  if (segments[0] !== 'resources') return { kind: 'other' };
  const [, groupResource = '', scope, ...rest] = segments;
  const versioned = scope !== 'namespaces' && scope !== 'cluster';
  const [place, ...tail] = versioned ? rest : [scope, ...rest];
  const file = tail.at(-1) ?? '';
  const fits =
    file.endsWith('.json') &&
    ((place === 'namespaces' && tail.length === 2) || (place === 'cluster' && tail.length === 1));
  if (!fits) return { kind: 'unknown' };
  if (versioned) return { kind: 'versioned' };
  const name = file.slice(0, -'.json'.length);
  const namespace = place === 'namespaces' ? tail[0] : undefined;
  const allowed =
    RESOURCE.test(groupResource) && isName(name) && (namespace === undefined || LABEL.test(namespace));
  if (!allowed) return { kind: 'hostile' };
  return { kind: 'item', ref: { groupResource, ...(namespace === undefined ? {} : { namespace }), name } };
}

const RESOURCE = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;
const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** A path segment name (apimachinery, IsValidPathSegmentName): RBAC names may hold `:`, `@` and more. */
function isName(name: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
  return name !== '' && name !== '.' && name !== '..' && !/[%\u0000-\u001f\u007f]/.test(name);
}
