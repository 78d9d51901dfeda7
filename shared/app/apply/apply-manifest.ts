import { LifeboatError } from '../../platform/errors';
import type { Installation } from '../installation';
import type { Applied, ApplyTerms, ManifestText } from './manifest-text';

type Apply = (
  installation: Installation,
  text: ManifestText,
  terms: { dryRun: boolean },
) => Promise<Applied<unknown>>;

/** Only the rules of a kind that is applied are read. */
const kinds: Record<string, () => Promise<Apply>> = {
  Schedule: async () => (await import('./apply-schedule')).applySchedule,
  Replication: async () => (await import('./apply-replication')).applyReplication,
  Vault: async () => (await import('./apply-vault')).applyVault,
};

/** What became of a manifest, or would. */
export interface NamedOutcome extends Pick<Applied<unknown>, 'outcome'> {
  /** `schedule`. */
  word: string;
  name: string;
}

/**
 * Makes what a manifest of any kind says, or changes what there is until it says so. Throws `invalid` for what is no manifest
 * of a kind that can be applied, or as its making and changing do.
 * @param what names the text in messages: `file "x.yaml"`
 */
export async function applyManifest(
  installation: Installation,
  manifest: unknown,
  { dryRun = false, what }: Pick<ApplyTerms<unknown>, 'dryRun'> & { what: string },
): Promise<NamedOutcome> {
  if (!isManifest(manifest)) {
    throw new LifeboatError('invalid', `${what}: this is no manifest`, {
      hint: 'give it kind, metadata.name and spec, as `get -o yaml` prints it',
    });
  }
  const load = Object.hasOwn(kinds, manifest.kind) ? kinds[manifest.kind] : undefined;
  if (!load) {
    throw new LifeboatError('invalid', `${what}: the kind ${manifest.kind.slice(0, 80)} cannot be applied`, {
      hint: `apply takes ${Object.keys(kinds).join(', ')}; clusters are added with \`lifeboat cluster add\``,
    });
  }
  const apply = await load();
  const { outcome } = await apply(installation, manifest, { dryRun });
  return { word: manifest.kind.toLowerCase(), name: manifest.metadata.name, outcome };
}

function isManifest(value: unknown): value is ManifestText {
  const { kind, metadata, spec } = (value ?? {}) as Partial<ManifestText>;
  return (
    typeof kind === 'string' &&
    typeof metadata === 'object' &&
    metadata !== null &&
    typeof metadata.name === 'string' &&
    typeof spec === 'object' &&
    spec !== null &&
    !Array.isArray(spec)
  );
}
