import { expect, it } from '@jest/globals';
import { cleanNotices } from '../../../../shared/operations/notifications/clean-notices';
import { noticeId, postNotice } from '../../../../shared/formats/state/notices';
import { setUp } from '../runs/fixtures';

const day = 86_400_000;

it('deletes notices after 35 days, and looks once a day', async () => {
  const { context, clock, bucket } = setUp();
  const post = (n: number) =>
    postNotice(context.state, {
      id: noticeId(String(n)),
      event: 'failed',
      title: 't',
      text: 'x',
      at: '2026-11-22T10:00:00Z',
    });
  const kept = () => bucket.keys().filter((key) => key.startsWith('state/notices/')).length;
  await post(1);
  await clock.advance(30 * day);
  await post(2);
  expect([await cleanNotices(context.state), kept()]).toEqual([0, 2]);
  await clock.advance(5 * day + 1_000);
  expect([await cleanNotices(context.state), kept()]).toEqual([1, 1]);
  await clock.advance(31 * day);
  expect([await cleanNotices(context.state), await cleanNotices(context.state), kept()]).toEqual([1, 0, 0]);
});
