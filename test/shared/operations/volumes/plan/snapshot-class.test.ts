import { describe, expect, it } from '@jest/globals';
import { chooseClass } from '../../../../../shared/operations/volumes/plan/snapshot-class';
import { driver, snapshotClass } from './facts';

const mark = 'velero.io/csi-volumesnapshot-class';
const annotated = (name: string) => ({ annotations: { [mark]: name } });
const ofBackup = (name: string) => ({ annotations: { [`${mark}_${driver}`]: name } });
const classes = {
  classes: [
    snapshotClass('plain'),
    snapshotClass('default', { annotations: { 'snapshot.storage.kubernetes.io/is-default-class': 'true' } }),
    snapshotClass('labelled', { labels: { [mark]: 'true' } }),
    snapshotClass('other', { driver: 'nas.csi.test' }),
  ],
};
const without = (...names: string[]) => ({
  classes: classes.classes.filter(({ name }) => !names.includes(name)),
});

describe('the class of a snapshot', () => {
  it('is chosen in the order of Velero', () => {
    const all = { byPolicy: 'default', ...ofBackup('labelled') };
    expect(chooseClass(driver, annotated('plain'), all, classes)).toMatchObject({ name: 'plain' });
    expect(chooseClass(driver, {}, all, classes)).toMatchObject({ name: 'default' });
    expect(chooseClass(driver, {}, ofBackup('plain'), classes)).toMatchObject({ name: 'plain' });
    expect(chooseClass(driver, {}, {}, classes)).toMatchObject({ name: 'labelled' });
    expect(chooseClass(driver, {}, {}, without('labelled'))).toMatchObject({ name: 'default' });
    expect(chooseClass(driver, {}, {}, without('labelled', 'default'))).toMatchObject({ name: 'plain' });
  });

  it('is one of the driver: an annotation of the backup for another driver says nothing', () => {
    const other = { annotations: { [`${mark}_nas.csi.test`]: 'other' } };
    expect(chooseClass(driver, {}, other, classes)).toMatchObject({ name: 'labelled' });
  });

  it('is not another one where the name is wrong', () => {
    const named = true;
    expect(chooseClass(driver, annotated('gone'), {}, classes)).toEqual({
      named,
      fault: `annotation ${mark} of the claim names VolumeSnapshotClass "gone", which does not exist`,
    });
    expect(chooseClass(driver, {}, ofBackup('other'), classes)).toEqual({
      named,
      fault: `annotation ${mark}_${driver} of the backup names VolumeSnapshotClass "other", which is for driver nas.csi.test and not for ${driver}`,
    });
    expect(chooseClass(driver, {}, { byPolicy: 'gone' }, classes)).toMatchObject({ named });
  });

  it('is none where a class is called default and says that it is not', () => {
    const off = { annotations: { 'snapshot.storage.kubernetes.io/is-default-class': 'false' } };
    expect(
      chooseClass(driver, {}, {}, { classes: [snapshotClass('a', off), snapshotClass('b')] }),
    ).toMatchObject({ named: false, fault: expect.stringContaining('none is marked') });
  });

  it('is named with its retentionDays, after which the cloud deletes the snapshot', () => {
    const days = snapshotClass('short', { parameters: { retentionDays: '7' } });
    expect(chooseClass(driver, {}, {}, { classes: [days] })).toMatchObject({
      name: 'short',
      reason: expect.stringContaining('after "7" days'),
    });
  });
});
