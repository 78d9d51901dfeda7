import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';

const asked = process.env.LIFEBOAT_FOREIGN_CLIENTS === '1';
const when = asked ? it : it.skip;
const reason = asked ? '' : ' (skipped: needs LIFEBOAT_FOREIGN_CLIENTS=1, python3 and the package registry)';

describe('requests made out of the document', () => {
  when(
    `find no 5xx and no answer off the document${reason}`,
    async () => {
      const { stdout } = await promisify(execFile)('bash', [join(__dirname, 'run.sh')], {
        // The coverage phase takes a minute: by hand, with run.sh alone.
        env: { ...process.env, EXAMPLES: '5', PHASES: 'fuzzing' },
      }).catch((error: { stdout: string; stderr: string }) => {
        throw new Error(`${error.stdout}\n${error.stderr}`);
      });
      expect(stdout).toContain('api fuzz: all passed');
    },
    10 * 60_000,
  );
});
