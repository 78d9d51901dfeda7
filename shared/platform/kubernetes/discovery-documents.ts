import * as v from 'valibot';

/** A list as Go writes it: null when it is empty. */
const list = <T extends v.GenericSchema>(item: T) => v.nullish(v.array(item), []);
const text = v.nullish(v.string(), '');
const name = v.pipe(v.string(), v.minLength(1));

/** `/api` in its old form. */
export const apiVersions = v.object({ versions: list(name) });

/** `/apis` in its old form; its groups are read one by one with `apiGroup`. */
export const apiGroupList = v.object({ groups: list(v.unknown()) });
export const apiGroup = v.object({
  name,
  versions: list(v.object({ version: name })),
  preferredVersion: v.nullish(v.object({ version: text })),
});

/** One group version in its old form. */
export const apiResourceList = v.object({
  groupVersion: text,
  resources: list(
    v.object({
      name,
      kind: name,
      namespaced: v.nullish(v.boolean(), false),
      singularName: text,
      shortNames: list(v.string()),
      verbs: list(v.string()),
    }),
  ),
});

/** An APIGroupDiscoveryList; v2 and v2beta1 have the same fields. Its groups are read one by one, and so are their versions. */
export const groupDiscoveryList = v.object({ items: list(v.unknown()) });
/** Without a name for the core group. */
export const groupDiscovery = v.object({
  metadata: v.nullish(v.object({ name: text })),
  versions: list(v.unknown()),
});
export const versionDiscovery = v.object({
  version: name,
  freshness: text,
  resources: list(
    v.object({
      resource: name,
      responseKind: v.nullish(v.object({ kind: text })),
      scope: text,
      singularResource: text,
      verbs: list(v.string()),
      shortNames: list(v.string()),
      subresources: list(v.object({ subresource: name })),
    }),
  ),
});

/** Reads a document, or says in a few words where it is not as it should be. */
export function readDocument<T extends v.GenericSchema>(
  schema: T,
  document: unknown,
): { found: v.InferOutput<T> } | { fault: string } {
  const result = v.safeParse(schema, document, { abortEarly: true });
  if (result.success) return { found: result.output };
  const at = v.getDotPath(result.issues[0]) ?? 'it';
  return { fault: `its discovery cannot be read: ${at} is not as the API defines it` };
}

/** The name that a document gives to what it is about, for people; what cannot be read may be named by anything. */
export function nameIn(document: unknown, ...path: string[]): string {
  const found = path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[key] : undefined),
    document,
  );
  return typeof found === 'string' ? found.replace(/[^\x20-\x7e]/g, '?').slice(0, 100) : '';
}
