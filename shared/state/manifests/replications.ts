import { LifeboatError } from '../../errors';
import { type Replication, replicationSchema } from '../../manifests/replication';
import { returningNamespaces } from '../../manifests/replication-loop';
import type { ObjectStore } from '../../store/port';
import { type ManifestFolder, manifestFolder } from './manifest-folder';

/** `replications/<name>.json`. */
export function replications(store: ObjectStore): ManifestFolder<Replication> {
  const folder = manifestFolder(store, {
    folder: 'replications/',
    word: 'replication',
    schema: replicationSchema,
  });

  /** A rule that would restore nothing but what came from its own target does nothing, and is a mistake. */
  async function refuseLoop(replication: Replication): Promise<void> {
    const others = (await folder.list()).items.filter(
      ({ metadata }) => metadata.name !== replication.metadata.name,
    );
    const rules = [...others, replication];
    for (const rule of rules) {
      const target = rule.spec.targets.find((each) => returningNamespaces(rules, rule, each) === 'all');
      if (target === undefined) continue;
      const { name } = replication.metadata;
      throw new LifeboatError(
        'invalid',
        `replication "${name}" closes a loop: ${rule.metadata.name} would bring back to cluster ${target} what came from there`,
        { hint: 'name the namespaces of each rule of the loop (spec.source.namespaces), different ones' },
      );
    }
  }

  return {
    ...folder,
    async create(manifest) {
      const replication = folder.check(manifest);
      await refuseLoop(replication);
      return folder.create(replication);
    },
    async save(manifest) {
      const replication = folder.check(manifest);
      await refuseLoop(replication);
      return folder.save(replication);
    },
  };
}
