import { describe, expect, it } from '@jest/globals';
import { idleAnnotations } from '../../../../../shared/operations/volumes/plan/idle-annotations';
import { mount, podFacts } from './facts';

const volumes = [mount('data', 'data-db-0')];
const pod = (annotation: string, names: string, phase = 'Running') =>
  podFacts('db-0', volumes, { annotations: { [`backup.velero.io/${annotation}`]: names }, phase });

describe('an annotation that names no volume of its pod', () => {
  it('is an error where it asks for data, and a warning where it excludes some', () => {
    expect(idleAnnotations([pod('backup-volumes', 'dta')])).toEqual([
      {
        namespace: 'shop',
        pod: 'db-0',
        asked: true,
        message:
          'annotation backup.velero.io/backup-volumes of pod shop/db-0 names "dta", and the pod has no such volume or claim (did you mean "data"?)',
      },
    ]);
    expect(idleAnnotations([pod('backup-volumes-excludes', 'none')])).toMatchObject([{ asked: false }]);
  });

  it('is not one that names a volume or a claim, is empty, or belongs to a pod that has ended', () => {
    expect(idleAnnotations([pod('backup-volumes', ' data, data-db-0,'), pod('backup-volumes', '')])).toEqual(
      [],
    );
    expect(idleAnnotations([pod('backup-volumes', 'gone', 'Failed')])).toEqual([]);
  });
});
