import type { ClaimFacts, SnapshotClasses, SnapshotClassFacts } from './volume-facts';

const mark = 'velero.io/csi-volumesnapshot-class';
const defaultAnnotation = 'snapshot.storage.kubernetes.io/is-default-class';

/** The class that takes the snapshots of a claim, and the clause that says why it. */
export interface ChosenClass {
  name: string;
  reason: string;
}

/** Why no class takes them. `named`: somebody named a class that cannot, so the data was asked for. */
export interface NoClass {
  fault: string;
  named: boolean;
}

/**
 * Chooses the VolumeSnapshotClass in Velero's order (pkg/util/csi/volume_snapshot.go): annotation of the claim, parameter of
 * the volume policy, annotation of the backup for the driver, label of a class, default class, the only class of the driver.
 * Velero passes over a name that is wrong; here it is a fault, because the next class may keep snapshots another way.
 * @param driver of the claim's volume
 * @param named what the policy and the backup's annotations say
 */
export function chooseClass(
  driver: string,
  claim: Pick<ClaimFacts, 'annotations'>,
  named: { byPolicy?: string; annotations?: Readonly<Record<string, string>> },
  { classes, unavailable }: SnapshotClasses,
): ChosenClass | NoClass {
  if (classes === undefined) return { fault: unavailable, named: false };
  const names: [name: string | undefined, by: string][] = [
    [claim.annotations?.[mark], `annotation ${mark} of the claim`],
    [named.byPolicy, 'snapshotClass of the volume policy'],
    [named.annotations?.[`${mark}_${driver.toLowerCase()}`], `annotation ${mark}_${driver} of the backup`],
  ];
  for (const [name, by] of names) if (name !== undefined) return byName(name, by, driver, classes);
  const own = classes.filter((one) => isOf(one, driver)).sort((a, b) => (a.name < b.name ? -1 : 1));
  const labelled = own.find(({ labels }) => labels !== undefined && Object.hasOwn(labels, mark));
  if (labelled) return chosen(labelled, `by its label ${mark}`);
  const byDefault = own.find(({ annotations }) => annotations?.[defaultAnnotation] === 'true');
  if (byDefault) return chosen(byDefault, 'the default class of the driver');
  if (own.length === 1) return chosen(own[0]!, 'the only class of the driver');
  return {
    fault:
      own.length === 0
        ? `driver ${driver} has no VolumeSnapshotClass`
        : `driver ${driver} has ${own.length} VolumeSnapshotClasses (${some(own)}) and none is marked: give one of them the label ${mark}=true`,
    named: false,
  };
}

function byName(
  name: string,
  by: string,
  driver: string,
  classes: readonly SnapshotClassFacts[],
): ChosenClass | NoClass {
  const shown = JSON.stringify(name.slice(0, 253));
  const found = classes.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (!found) return { fault: `${by} names VolumeSnapshotClass ${shown}, which does not exist`, named: true };
  if (isOf(found, driver)) return chosen(found, `by ${by}`);
  return {
    fault: `${by} names VolumeSnapshotClass ${shown}, which is for driver ${found.driver} and not for ${driver}`,
    named: true,
  };
}

function chosen({ name, parameters }: SnapshotClassFacts, how: string): ChosenClass {
  const days = parameters?.retentionDays;
  return {
    name,
    reason: `class ${name}, ${how}${
      days === undefined
        ? ''
        : `; its retentionDays lets the cloud delete the snapshot after ${JSON.stringify(days)} days, whatever the backup says`
    }`,
  };
}

function isOf({ driver }: SnapshotClassFacts, wanted: string): boolean {
  return driver.toLowerCase() === wanted.toLowerCase();
}

function some(classes: readonly SnapshotClassFacts[]): string {
  const names = classes.slice(0, 5).map(({ name }) => name);
  return `${names.join(', ')}${classes.length > names.length ? ', …' : ''}`;
}
