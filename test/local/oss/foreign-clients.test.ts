import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';

const asked = process.env.LIFEBOAT_FOREIGN_CLIENTS === '1';
const when = asked ? it : it.skip;
const reason = asked
  ? ''
  : ' (skipped: needs LIFEBOAT_FOREIGN_CLIENTS=1, python3, go and the package registries)';

describe('clients written for the real service', () => {
  when(
    `use the server: oss2 and the Go SDK v2${reason}`,
    async () => {
      const { stdout } = await promisify(execFile)('bash', [join(__dirname, 'foreign-clients', 'run.sh')]);
      expect(stdout).toContain('foreign clients: all passed');
    },
    10 * 60_000,
  );
});
