import { beforeAll, describe, expect, it } from '@jest/globals';
import { markClosed } from '../../../shared/formats/state/run/open-runs';
import { createRequest } from '../../../shared/formats/state/run/requests';
import { request } from '../operations/runs/fixtures';
import { anApi } from './an-api';

/** An API over backups whose runs are over; a call answers with the requests that it made to OSS. */
async function manyBackups(count: number) {
  const made = await anApi();
  const add = async (name: string) => {
    await createRequest(made.context.state, { ...request, metadata: { name } });
    await made.finish(name);
    await markClosed(made.context.state, { kind: 'backups', name });
  };
  for (let n = 0; n < count; n += 1) await add(`b-${n}`);
  let requests: string[] = [];
  made.bucket.before = (operation, key) => {
    requests.push(`${operation} ${key}`);
  };
  async function asks(path: string): Promise<string[]> {
    requests = [];
    const { status } = await made.call('GET', path);
    expect(status).toBe(200);
    return requests;
  }
  return { add, asks };
}

describe('the requests to OSS of a GET', () => {
  let made: Awaited<ReturnType<typeof manyBackups>>;
  beforeAll(async () => {
    made = await manyBackups(150);
  });

  // Its run (3), whether it lies in its vault, its manifest and sizes there (2), and how it stands (6), most of it at once.
  it.each(['/backups/b-50', '/backups/b-149'])(
    'of %s are at most twelve, however many there are',
    async (path) => {
      expect((await made.asks(path)).length).toBeLessThanOrEqual(12);
    },
  );

  it.each(['/backups', '/runs', '/backups?limit=20', '/runs?limit=20'])(
    'of %s do not grow with what has not changed',
    async (path) => {
      await made.asks(path);
      const again = await made.asks(path);
      expect(again.length).toBeLessThanOrEqual(10);
      await made.add(`new-${path.replace(/\W/g, '')}`);
      // Its manifest, request and outcome, and what was noted of them.
      expect((await made.asks(path)).length - again.length).toBeLessThanOrEqual(5);
    },
  );
});
