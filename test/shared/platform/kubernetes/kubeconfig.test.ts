import { beforeAll, describe, expect, it } from '@jest/globals';
import { dump } from 'js-yaml';
import { type SanitiseOptions, sanitiseKubeconfig } from '../../../../shared/platform/kubernetes/kubeconfig';
import { LifeboatError } from '../../../../shared/platform/errors';
import { makeServerCertificates, type ServerCertificates } from '../../../../local/certificates';

let pki: ServerCertificates;
beforeAll(async () => {
  pki = await makeServerCertificates({ dns: ['api.example.com'], ip: [] });
});

const base64 = (text: string) => Buffer.from(text).toString('base64');
type Fields = Record<string, unknown>;

function kubeconfig(
  change: { cluster?: Fields; user?: Fields; context?: Fields; file?: Fields } = {},
): string {
  return dump({
    apiVersion: 'v1',
    kind: 'Config',
    preferences: {},
    'current-context': 'main',
    clusters: [{ name: 'c', cluster: { server: 'https://api.example.com:6443', ...change.cluster } }],
    users: [{ name: 'u', user: change.user ?? { token: 'secret-token-of-the-user' } }],
    contexts: [{ name: 'main', context: { cluster: 'c', user: 'u', namespace: 'x', ...change.context } }],
    ...change.file,
  });
}

/** Each has a remedy. */
function refusal(yaml: string, options?: SanitiseOptions): LifeboatError {
  try {
    sanitiseKubeconfig(yaml, options);
  } catch (error) {
    if (!(error instanceof LifeboatError)) throw error;
    expect(error.hint).toMatch(/\w/);
    return error;
  }
  throw new Error('it was accepted');
}

describe('sanitiseKubeconfig', () => {
  it('takes a server with its certificate authority and a token', () => {
    const caData = base64(pki.caCertificate);
    const yaml = kubeconfig({
      cluster: { 'certificate-authority-data': caData, 'tls-server-name': 'kubernetes' },
    });
    expect(sanitiseKubeconfig(yaml)).toEqual({
      server: 'https://api.example.com:6443',
      caData,
      tlsServerName: 'kubernetes',
      token: 'secret-token-of-the-user',
    });
  });

  it('takes an inline client certificate with its key', () => {
    const user = {
      'client-certificate-data': base64(pki.certificate),
      'client-key-data': base64(pki.key),
    };
    expect(sanitiseKubeconfig(kubeconfig({ user }))).toEqual({
      server: 'https://api.example.com:6443',
      clientCertificateData: user['client-certificate-data'],
      clientKeyData: user['client-key-data'],
    });
  });

  it('takes JSON, a path in front of the API and a token with a line end', () => {
    const json = JSON.stringify({
      clusters: [{ name: 'c', cluster: { server: 'https://rancher.example.com/k8s/clusters/c-1/' } }],
      users: [{ name: 'u', user: { token: 'abc\n' } }],
      contexts: [{ name: 'm', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'm',
    });
    expect(sanitiseKubeconfig(json)).toEqual({
      server: 'https://rancher.example.com/k8s/clusters/c-1',
      token: 'abc',
    });
  });

  it('takes the only context of a file that says no current one', () => {
    const yaml = kubeconfig({ file: { 'current-context': '' } });
    expect(sanitiseKubeconfig(yaml).token).toBe('secret-token-of-the-user');
  });

  it('looks at the chosen context alone', () => {
    const yaml = dump({
      clusters: [
        { name: 'a', cluster: { server: 'https://a.example.com' } },
        { name: 'b', cluster: { server: 'http://b.example.com' } },
      ],
      users: [
        { name: 'a', user: { token: 'of-a' } },
        { name: 'b', user: { exec: { command: 'rm' } } },
      ],
      contexts: [
        { name: 'good', context: { cluster: 'a', user: 'a' } },
        { name: 'bad', context: { cluster: 'b', user: 'b' } },
      ],
      'current-context': 'bad',
    });
    expect(sanitiseKubeconfig(yaml, { context: 'good' })).toEqual({
      server: 'https://a.example.com',
      token: 'of-a',
    });
    expect(refusal(yaml).message).toContain('exec');
    expect(refusal(yaml, { context: 'neither' }).message).toContain('no context is named "neither"');
  });

  it.each<[string, Fields, RegExp]>([
    ['exec', { command: 'sh', args: ['-c', 'id'] }, /--through-kubectl/],
    ['auth-provider', { name: 'gcp', config: { 'cmd-path': 'sh' } }, /lifeboat cluster rbac/],
    ['tokenFile', '/etc/passwd' as never, /set-credentials USER --token/],
    ['token-file', '/etc/passwd' as never, /set-credentials USER --token/],
    ['client-certificate', '/etc/cert.pem' as never, /--flatten/],
    ['client-key', '/etc/key.pem' as never, /--flatten/],
    ['username', 'admin' as never, /token/],
    ['password', 'secret-password' as never, /token/],
    ['as', 'system:admin' as never, /impersonation/],
    ['as-uid', '1' as never, /impersonation/],
    ['as-groups', ['system:masters'] as never, /impersonation/],
    ['as-user-extra', { a: ['b'] }, /impersonation/],
    ['never-heard-of', 1 as never, /remove the field/],
  ])('refuses user.%s by name, with a remedy', (field, value, remedy) => {
    const error = refusal(kubeconfig({ user: { token: 'secret-token-of-the-user', [field]: value } }));
    expect(error.kind).toBe('invalid');
    expect(error.message).toBe(`kubeconfig: user.${field} is not accepted`);
    expect(error.hint).toMatch(remedy);
  });

  it.each<[string, unknown, RegExp]>([
    ['certificate-authority', '/etc/ca.pem', /--flatten/],
    ['insecure-skip-tls-verify', true, /certificate-authority-data/],
    ['proxy-url', 'http://127.0.0.1:3128', /directly/],
    ['never-heard-of', 'x', /remove the field/],
  ])('refuses cluster.%s by name, with a remedy', (field, value, remedy) => {
    const error = refusal(kubeconfig({ cluster: { [field]: value } }));
    expect(error.message).toBe(`kubeconfig: cluster.${field} is not accepted`);
    expect(error.hint).toMatch(remedy);
  });

  it('refuses certificate authority data in which no certificate can be read', () => {
    const unreadable = base64('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
    const error = refusal(kubeconfig({ cluster: { 'certificate-authority-data': unreadable } }));
    expect(error.message).toContain('certificate-authority-data holds no certificate that can be read');
  });

  it('refuses unknown fields beside clusters, in contexts and in list entries', () => {
    expect(refusal(kubeconfig({ file: { plugins: ['x'] } })).message).toContain('kubeconfig.plugins');
    expect(refusal(kubeconfig({ context: { shell: 'x' } })).message).toContain('context.shell');
    const users = [{ name: 'u', user: { token: 'abc' }, exec: { command: 'x' } }];
    expect(refusal(kubeconfig({ file: { users } })).message).toContain('users.exec');
  });

  it('names the part that a context is without', () => {
    expect(refusal(kubeconfig({ context: { user: undefined } })).message).toContain('names no user');
    expect(refusal(kubeconfig({ context: { cluster: '' } })).message).toContain('names no cluster');
  });

  it.each(['exec', 'as', 'as-groups', 'as-user-extra', 'tokenFile'])(
    'passes over %s without a value',
    (field) => {
      for (const value of [null, '', [], {}]) {
        expect(sanitiseKubeconfig(kubeconfig({ user: { token: 'abc', [field]: value } })).token).toBe('abc');
      }
    },
  );

  it('reads all words for false as kubectl does, and refuses those for true', () => {
    const insecure = (word: string) =>
      kubeconfig().replace('server:', `insecure-skip-tls-verify: ${word}\n      server:`);
    for (const word of ['no', 'False', 'off', 'FALSE'])
      expect(sanitiseKubeconfig(insecure(word)).server).toMatch(/6443/);
    for (const word of ['yes', 'True', 'on'])
      expect(refusal(insecure(word)).message).toContain('insecure-skip-tls-verify');
  });

  it('reads the first of several documents, as kubectl does', () => {
    const other = kubeconfig({ user: { token: 'other' } });
    for (const yaml of [
      `---\n${kubeconfig()}`,
      `${kubeconfig()}---\n`,
      `${kubeconfig()}---\n${other}`,
      `${kubeconfig()}...\n`,
    ])
      expect(sanitiseKubeconfig(yaml).token).toBe('secret-token-of-the-user');
  });

  it('passes over fields that are there without a value', () => {
    const user = { token: 'abc', exec: null, username: '', 'client-key': null };
    expect(
      sanitiseKubeconfig(kubeconfig({ user, cluster: { 'insecure-skip-tls-verify': false } })).token,
    ).toBe('abc');
  });

  it.each([
    ['http://api.example.com', /not https/],
    ['api.example.com', /no URL|not https/],
    ['https://user:word@api.example.com', /user name or password/],
    ['https://api.example.com?x=1', /query/],
    ['https://169.254.169.254', /metadata/],
    ['https://100.100.100.200', /metadata/],
    ['https://[::ffff:100.100.100.200]', /metadata/],
    ['https://[64:ff9b::a9fe:a9fe]', /metadata/],
    ['https://[2002:a9fe:a9fe::1]', /metadata/],
    ['https://[fd00:ec2::254]', /metadata/],
    ['https://[fe80::1]', /link-local/],
    ['https://0.0.0.0', /unspecified/],
    ['https://[::]', /unspecified/],
    ['https://127.0.0.1:6443', /loopback/],
    ['https://2130706433', /loopback/],
    ['https://0x7f.1', /loopback/],
    ['https://[::1]', /loopback/],
    ['https://[::ffff:7f00:1]', /loopback/],
    ['https://[::7f00:1]', /loopback/],
    ['https://LOCALHOST.', /loopback/],
    ['https://a.localhost', /loopback/],
  ])('refuses the server %s', (server, reason) => {
    expect(refusal(kubeconfig({ cluster: { server } })).message).toMatch(reason);
  });

  it.each(['https://10.0.0.1:6443', 'https://192.168.1.1', 'https://[fd00::1]:6443', 'https://100.64.0.1'])(
    'takes the private address %s',
    (server) => {
      expect(sanitiseKubeconfig(kubeconfig({ cluster: { server } })).server).toBe(server);
    },
  );

  it('takes loopback in local mode, and still no link-local address', () => {
    const at = (server: string) => kubeconfig({ cluster: { server } });
    expect(sanitiseKubeconfig(at('https://127.0.0.1:6443'), { allowLoopback: true }).server).toBe(
      'https://127.0.0.1:6443',
    );
    expect(refusal(at('https://169.254.169.254'), { allowLoopback: true }).message).toContain('metadata');
  });

  it.each<[string, Fields, RegExp]>([
    ['no credentials', {}, /neither a token nor a client certificate/],
    ['a token with a line break inside', { token: 'a\nHost: b' }, /token holds/],
    ['a token that is a number', { token: 12 }, /not a string/],
    [
      'a certificate without a key',
      { 'client-certificate-data': base64('-----BEGIN CERTIFICATE-----') },
      /client-key-data is missing/,
    ],
    [
      'a key that is no PEM',
      { 'client-key-data': base64('x'), 'client-certificate-data': base64('-----BEGIN CERTIFICATE-----') },
      /not PEM/,
    ],
    [
      'a key with a passphrase',
      { 'client-key-data': base64('-----BEGIN ENCRYPTED PRIVATE KEY-----'), token: 'a' },
      /passphrase/,
    ],
    ['data that is no base64', { 'client-certificate-data': 'a$b' }, /base64/],
  ])('refuses a user with %s', (_, user, reason) => {
    expect(refusal(kubeconfig({ user })).message).toMatch(reason);
  });

  it('refuses what is no kubeconfig', () => {
    expect(refusal('').kind).toBe('invalid');
    expect(refusal('a: [').message).toContain('not valid YAML (line 1)');
    expect(refusal('- a').message).toContain('not a YAML mapping');
    expect(refusal('kind: Secret').message).toContain('kind is not Config');
    expect(refusal('current-context: x').message).toContain('no context is named "x"');
    const contexts = ['a', 'b'].map((name) => ({ name, context: { cluster: 'c', user: 'u' } }));
    const undecided = kubeconfig({ file: { 'current-context': undefined, contexts } });
    expect(refusal(undecided).hint).toContain('name the context');
    expect(refusal(`# ${'x'.repeat(1024 * 1024)}`).message).toContain('larger');
    const twice = [
      { name: 'u', user: { token: 'a' } },
      { name: 'u', user: { token: 'b' } },
    ];
    expect(refusal(kubeconfig({ file: { users: twice } })).message).toContain('two users');
  });

  it('is not led astray by names of the prototype', () => {
    const yaml = '{"__proto__": {"clusters": []}, "current-context": "constructor"}';
    expect(refusal(yaml).kind).toBe('invalid');
    expect(refusal(kubeconfig({ user: { token: 'a', constructor: 'x' } })).message).toContain(
      'user.constructor',
    );
  });

  it('reads merge keys, as kubectl does', () => {
    const yaml = `
clusters: [{name: c, cluster: &base {server: 'https://10.0.0.1:6443', tls-server-name: kubernetes}}, {name: d, cluster: {<<: *base, server: 'https://10.0.0.2:6443'}}]
users: [{name: u, user: {token: abc}}]
contexts: [{name: main, context: {cluster: d, user: u}}]
current-context: main`;
    expect(sanitiseKubeconfig(yaml)).toEqual({
      server: 'https://10.0.0.2:6443',
      tlsServerName: 'kubernetes',
      token: 'abc',
    });
    const hidden = yaml.replace('tls-server-name: kubernetes', 'insecure-skip-tls-verify: true');
    expect(refusal(hidden).message).toContain('insecure-skip-tls-verify is not accepted');
  });

  it('merges what people keep in a field of their own', () => {
    const yaml = `x-base: &base {token: wrong}\nx-own: &own {token: abc}\n${kubeconfig()}`;
    const merged = yaml.replace('token: secret-token-of-the-user', '<<: [*own, *base]');
    expect(sanitiseKubeconfig(merged).token).toBe('abc');
  });

  it('does not expand more than a few aliases', () => {
    const bomb = ['a: &a [x,x,x,x,x,x,x,x]', ...'bcdefghijklmnopqrst'].map((name, index, all) =>
      index === 0
        ? name
        : `${name}: &${name} [${Array(8)
            .fill(`*${all[index - 1]![0]}`)
            .join(',')}]`,
    );
    expect(refusal(bomb.join('\n')).kind).toBe('invalid');
  });

  it('never says a secret, not even where YAML is damaged beside it', () => {
    const secret = 'secret-token-of-the-user';
    const texts = [
      `users:\n- user:\n    token: ${secret}\n   bad: [`,
      `{"users":[{"user":{"token":"${secret}"`,
      kubeconfig({ user: { token: secret, exec: { env: [{ value: secret }] } } }),
      kubeconfig({ user: { token: `${secret}\nx` } }),
      kubeconfig({ user: { token: 'a', password: secret } }),
      kubeconfig({ user: { 'client-key-data': base64(secret), 'client-certificate-data': base64(secret) } }),
    ];
    for (const text of texts) {
      const error = refusal(text);
      const said = `${error.message} ${error.hint} ${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`;
      expect(said).not.toContain(secret);
      expect(said).not.toContain(base64(secret));
    }
  });
});
