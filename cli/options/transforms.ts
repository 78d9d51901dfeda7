import type { Command } from 'commander';
import type { Transforms } from '../../shared/formats/manifests/modifiers/transforms';
import { readTextFile } from '../text-file';
import { keyValues, mappings } from './lists';
import { configMapEntryIn, yamlMapIn } from './yaml-map';

const hint = 'see docs/restore.md';

/** The flags that say what is changed of the objects. */
export interface TransformFlags {
  transforms?: string;
  resourceModifiers?: string;
  storageClassMappings?: Record<string, string>;
  imageMappings?: Record<string, string>;
  mapEnvironment?: boolean;
  replicasToZero?: boolean;
  addLabels?: Record<string, string>;
  addAnnotations?: Record<string, string>;
  passive?: boolean;
}

export function withTransforms(command: Command): Command {
  return command
    .option('--transforms <file>', 'all that is changed of the objects, as YAML; see docs/restore.md')
    .option(
      '--resource-modifiers <file>',
      "Velero's resource modifiers: the YAML of its ConfigMap's data, or the ConfigMap",
    )
    .option('--storage-class-mappings <mappings>', 'storage classes: old:new,…', mappings)
    .option(
      '--image-mappings <mappings>',
      'beginnings of images: docker.io=registry.example.com/hub,…',
      keyValues,
    )
    .option('--map-environment', 'map namespaces in the values of environment variables too')
    .option('--replicas-to-zero', 'bring workloads without replicas')
    .option('--add-labels <labels>', 'on every object: key=value,…', keyValues)
    .option('--add-annotations <annotations>', 'on every object: key=value,…', keyValues)
    .option('--passive', 'for a standby: nothing runs until `lifeboat replication activate`');
}

/** The transforms that flags ask for; those in a file come first. Undefined where there are none. */
export async function transformsOf(
  flags: TransformFlags,
  readText: (file: string) => Promise<string> = readTextFile,
): Promise<Transforms | undefined> {
  const storageClasses =
    flags.storageClassMappings &&
    Object.fromEntries(Object.entries(flags.storageClassMappings).map(([from, to]) => [from, { to }]));
  const transforms: Record<string, unknown> = {
    ...(flags.transforms !== undefined && (await yamlMapIn(flags.transforms, hint, readText))),
    ...(flags.resourceModifiers !== undefined && {
      resourceModifiers: await configMapEntryIn(flags.resourceModifiers, hint, readText),
    }),
    ...(storageClasses && { storageClasses }),
    ...(flags.imageMappings && { images: flags.imageMappings }),
    ...(flags.mapEnvironment && { mapEnvironment: true }),
    ...(flags.replicasToZero && { replicasToZero: true }),
    ...(flags.addLabels && { labels: flags.addLabels }),
    ...(flags.addAnnotations && { annotations: flags.addAnnotations }),
    ...(flags.passive && { passive: true }),
  };
  // Checked with the request.
  return Object.keys(transforms).length > 0 ? (transforms as Transforms) : undefined;
}
