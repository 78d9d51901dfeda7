import { isDeepStrictEqual } from 'node:util';
import { LifeboatError } from '../shared/platform/errors';
import type { Installation } from '../shared/app/installation';
import type { Vault } from '../shared/formats/manifests/vault';
import { assertNotDeleted, assertNotOld } from './text-revision';

/** What became of a manifest, or would. */
export type Applied = { what: string; name: string; outcome: 'created' | 'configured' | 'unchanged' };

interface GivenManifest {
  kind: string;
  metadata: { name: string; labels?: Record<string, string> };
  spec: Record<string, unknown>;
}

/** Makes what a manifest says, or changes what there is until it says so. `dryRun` checks the same and writes nothing. */
type Apply = (
  installation: Installation,
  manifest: GivenManifest,
  dryRun: boolean,
) => Promise<Applied['outcome']>;

const kinds: Record<string, Apply> = {
  Schedule: applySchedule,
  Replication: applyReplication,
  Vault: applyVault,
};

/** Throws `invalid` for what is no manifest of a kind that can be applied, or as its making and changing do. */
export async function applyManifest(
  installation: Installation,
  manifest: unknown,
  { dryRun, what }: { dryRun: boolean; what: string },
): Promise<Applied> {
  if (!isManifest(manifest)) {
    throw new LifeboatError('invalid', `${what}: this is no manifest`, {
      hint: 'give it kind, metadata.name and spec, as `get -o yaml` prints it',
    });
  }
  const apply = Object.hasOwn(kinds, manifest.kind) ? kinds[manifest.kind] : undefined;
  if (!apply) {
    throw new LifeboatError('invalid', `${what}: the kind ${manifest.kind.slice(0, 80)} cannot be applied`, {
      hint: `apply takes ${Object.keys(kinds).join(', ')}; clusters are added with \`lifeboat cluster add\``,
    });
  }
  const outcome = await apply(installation, manifest, dryRun);
  return { what: manifest.kind.toLowerCase(), name: manifest.metadata.name, outcome };
}

async function applySchedule(
  installation: Installation,
  text: GivenManifest,
  dryRun: boolean,
): Promise<Applied['outcome']> {
  const { kind, metadata, spec } = text;
  const { addSchedule, assertSchedule } = await import('../shared/app/schedules/add-schedule');
  const { replaceSchedule, setByLifeboat } = await import('../shared/app/schedules/change-schedule');
  const { state, clock } = installation;
  const was = await state.schedules.find(metadata.name);
  const given = Object.entries(spec).filter(
    ([field]) => !(setByLifeboat as readonly string[]).includes(field),
  );
  if (!was) {
    assertNotDeleted(text);
    const asked = { name: metadata.name, labels: metadata.labels, spec: Object.fromEntries(given) };
    if (!dryRun) await addSchedule(installation, asked as unknown as Parameters<typeof addSchedule>[1]);
    else {
      const startAt = clock.now().toISOString();
      const clusters = Array.isArray(spec.clusters) ? spec.clusters : [];
      const whole = { ...asked.spec, startAt, includeClusterInNames: clusters.length !== 1 };
      await assertSchedule(installation, state.schedules.check({ kind, metadata, spec: whole }));
    }
    return 'created';
  }
  const kept = Object.entries(was.spec).filter(([field]) =>
    (setByLifeboat as readonly string[]).includes(field),
  );
  const wanted = { kind, metadata, spec: { ...Object.fromEntries(given), ...Object.fromEntries(kept) } };
  const checked = state.schedules.check(wanted);
  if (isDeepStrictEqual(checked, was)) return 'unchanged';
  assertNotOld(text, was);
  if (dryRun) await assertSchedule(installation, checked);
  else await replaceSchedule(installation, was, wanted);
  return 'configured';
}

async function applyReplication(
  installation: Installation,
  text: GivenManifest,
  dryRun: boolean,
): Promise<Applied['outcome']> {
  const { kind, metadata, spec } = text;
  const { addReplication, assertReplication } = await import('../shared/app/replications/add-replication');
  const { replaceReplication } = await import('../shared/app/replications/change-replication');
  const { replications } = installation.state;
  const manifest = { kind, metadata, spec };
  const checked = replications.check(manifest);
  const was = await replications.find(metadata.name);
  if (was && isDeepStrictEqual(checked, was)) return 'unchanged';
  if (was) assertNotOld(text, was);
  else assertNotDeleted(text);
  if (dryRun) await assertReplication(installation, checked);
  else if (was) await replaceReplication(installation, was, manifest);
  else await addReplication(installation, manifest);
  return was ? 'configured' : 'created';
}

async function applyVault(
  installation: Installation,
  { kind, metadata, spec }: GivenManifest,
  dryRun: boolean,
): Promise<Applied['outcome']> {
  const { vaults } = installation.state;
  const checked = vaults.check({ kind, metadata, spec });
  const was = await vaults.find(metadata.name);
  if (was && isDeepStrictEqual(checked, was)) return 'unchanged';
  if (was) {
    if (!isDeepStrictEqual(withoutShare(checked), withoutShare(was))) {
      throw new LifeboatError('invalid', `vault "${metadata.name}" is another one`, {
        hint: 'where a vault lies is not changed: register another under a new name',
      });
    }
    const { shareVault, unshareVault } = await import('../shared/app/vaults/share-vault');
    const share = checked.spec.share === true;
    if (share === (was.spec.share === true)) return 'unchanged';
    await (share ? shareVault : unshareVault)(installation, metadata.name, { dryRun });
    return 'configured';
  }
  if (!dryRun) {
    const { addVault } = await import('../shared/app/vaults/add-vault');
    await addVault(installation, { kind, metadata, spec });
  }
  return 'created';
}

function withoutShare({ spec, ...rest }: Vault): unknown {
  const { share: _, ...others } = spec;
  return { ...rest, spec: others };
}

function isManifest(value: unknown): value is GivenManifest {
  const { kind, metadata, spec } = (value ?? {}) as Partial<GivenManifest>;
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
