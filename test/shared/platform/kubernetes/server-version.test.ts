import { describe, expect, it } from '@jest/globals';
import { supportedVersion } from '../../../../shared/platform/kubernetes/server-version';
import { answer, scripted } from './scripted-cluster';

describe('the version of a server', () => {
  it.each(['v1.10.13', 'v1.9.0', 'v0.21.4', 'v1.10.0-aliyun.1'])(
    '%s is too old, and named',
    async (version) => {
      const { cluster } = scripted(() => answer(200, { gitVersion: version }));
      await expect(supportedVersion(cluster)).rejects.toMatchObject({
        kind: 'invalid',
        message: `cluster "a" runs Kubernetes ${version}, which is too old`,
        hint: expect.stringContaining('1.11'),
      });
    },
  );

  it.each(['v1.11.0', 'v1.20.2', 'v1.37.2', 'v2.0.0', 'v0.0.0-master+$Format:%H$', ''])(
    '%j is worked with',
    async (version) => {
      const { cluster } = scripted(() => answer(200, { gitVersion: version }));
      expect(await supportedVersion(cluster)).toBe(version);
    },
  );

  it('is none when something else answers', async () => {
    const page = { ...answer(200), body: Buffer.from('<html>Welcome</html>') };
    const { cluster } = scripted(() => page);
    await expect(supportedVersion(cluster)).rejects.toThrow(
      'what answers at https://10.0.0.1:6443 is not an API server',
    );
  });
});
