import type { Schedule } from '../../formats/manifests/schedule';
import { unchangedSince } from '../edited-manifest';
import type { Installation } from '../installation';
import { createSchedule, newSchedule } from '../schedules/add-schedule';
import { replaceSchedule, setByLifeboat } from '../schedules/change-schedule';
import type { Applied, ApplyTerms, ManifestText } from './manifest-text';
import { assertNotDeleted, assertNotOld } from './text-revision';

const isSetByLifeboat = (field: string) => (setByLifeboat as readonly string[]).includes(field);

/**
 * Makes a schedule, or changes the one of that name until it is as the text says. What only Lifeboat sets (`startAt`, …) stays
 * as it is, whatever the text says of it.
 * @throws LifeboatError as `addSchedule` and `replaceSchedule` do, and `conflict` for a text that is old
 */
export async function applySchedule(
  installation: Installation,
  text: ManifestText,
  { dryRun, allow }: ApplyTerms<Schedule> = {},
): Promise<Applied<Schedule>> {
  const { kind, metadata } = text;
  const was = await installation.state.schedules.find(metadata.name);
  allow?.(was);
  const given = fieldsOf(text.spec, (field) => !isSetByLifeboat(field));
  if (!was) {
    assertNotDeleted(text);
    const asked = newSchedule(installation, { metadata, spec: given });
    return { outcome: 'created', manifest: await createSchedule(installation, asked, { dryRun }) };
  }
  const wanted = { kind, metadata, spec: { ...given, ...fieldsOf(was.spec, isSetByLifeboat) } };
  const replaced = await replaceSchedule(installation, was, wanted, {
    dryRun,
    allow: (now) => {
      assertNotOld(text, now);
      allow?.(now);
      unchangedSince(was)(now);
    },
  });
  return replaced ? { outcome: 'configured', manifest: replaced } : { outcome: 'unchanged', manifest: was };
}

function fieldsOf(spec: object, takes: (field: string) => boolean): Record<string, unknown> {
  return Object.fromEntries(Object.entries(spec).filter(([field]) => takes(field)));
}
