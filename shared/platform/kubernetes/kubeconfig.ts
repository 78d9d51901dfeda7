import { JSON_SCHEMA, mergeTag, YAMLException } from 'js-yaml';
import { LifeboatError } from '../errors';
import { isMap } from '../input/is-map';
import { isName } from '../input/names';
import { loadAllYaml } from '../input/safe-yaml';
import { remedyOfField, remedyOfValue, wholeFile } from './kubeconfig-remedies';
import { type AddressRules, refusalOfHost, refusedServer } from './server-address';
import { trustAnchors } from './trust-anchors';

/** All that is kept of a kubeconfig: one server and inline credentials. The `…Data` are base64 of PEM, as in the file. */
export interface SanitisedKubeconfig {
  /** `https://host[:port][/prefix]`, without a slash at the end. */
  server: string;
  caData?: string;
  tlsServerName?: string;
  token?: string;
  clientCertificateData?: string;
  clientKeyData?: string;
}

export interface SanitiseOptions extends AddressRules {
  /** Name of the context to take; default: its current-context. */
  context?: string;
}

/** Large enough for hundreds of contexts. */
const maxBytes = 1024 * 1024;

/** Fields that change nothing about a connection, or that hold what the caller states anew; they are left behind. */
const ignored = {
  file: [
    'apiVersion',
    'kind',
    'clusters',
    'users',
    'contexts',
    'current-context',
    'preferences',
    'extensions',
  ],
  context: ['cluster', 'user', 'namespace', 'extensions'],
  cluster: ['extensions', 'disable-compression'],
  user: ['extensions'],
};
const taken = {
  cluster: ['server', 'certificate-authority-data', 'tls-server-name'],
  user: ['token', 'client-certificate-data', 'client-key-data'],
};

/** kubectl reads merge keys (`<<: *base`), with which people keep what several contexts share. */
const schema = JSON_SCHEMA.withTags(mergeTag);
const maxAliases = 20;

type Fields = Record<string, unknown>;

/**
 * Takes one context of a kubeconfig (YAML or JSON) as hostile input: an allow-list of inline fields; any other field
 * of that context that has a value is refused by name, with a remedy. Throws LifeboatError `invalid` or `denied`; its message
 * holds no value from the file but names and the server's address.
 */
export function sanitiseKubeconfig(yaml: string, options: SanitiseOptions = {}): SanitisedKubeconfig {
  const file = parse(yaml);
  refuseOthers(file, 'kubeconfig', ignored.file);
  const context = contextOf(file, options.context);
  const cluster = namedIn(file, 'clusters', 'cluster', named(context, 'cluster'));
  const user = namedIn(file, 'users', 'user', named(context, 'user'));
  refuseOthers(cluster, 'cluster', [...taken.cluster, ...ignored.cluster]);
  refuseOthers(user, 'user', [...taken.user, ...ignored.user]);

  const sanitised: SanitisedKubeconfig = { server: serverOf(cluster, options) };
  const caData = pemOf(cluster, 'certificate-authority-data', 'cluster', /-----BEGIN CERTIFICATE-----/);
  if (caData) {
    if (trustAnchors(caData).length === 0)
      throw wrong('cluster', 'certificate-authority-data', 'holds no certificate that can be read');
    sanitised.caData = caData;
  }
  const tlsServerName = textOf(cluster, 'tls-server-name', 'cluster');
  if (tlsServerName) {
    if (!/^[A-Za-z0-9._:-]{1,253}$/.test(tlsServerName))
      throw wrong('cluster', 'tls-server-name', 'is no host name');
    sanitised.tlsServerName = tlsServerName;
  }
  const token = textOf(user, 'token', 'user')?.trim();
  if (token) {
    if (!/^[\x21-\x7e]+$/.test(token)) throw wrong('user', 'token', 'holds characters that no token has');
    sanitised.token = token;
  }
  const certificate = pemOf(user, 'client-certificate-data', 'user', /-----BEGIN CERTIFICATE-----/);
  const key = pemOf(user, 'client-key-data', 'user', /-----BEGIN (RSA |EC )?PRIVATE KEY-----/);
  if (!certificate !== !key) {
    throw new LifeboatError(
      'invalid',
      `kubeconfig: user.${certificate ? 'client-key-data' : 'client-certificate-data'} is missing`,
      { hint: 'a client certificate needs its key, both inline' },
    );
  }
  if (certificate && key)
    Object.assign(sanitised, { clientCertificateData: certificate, clientKeyData: key });
  if (!token && !certificate) {
    throw new LifeboatError('invalid', 'kubeconfig: the user has neither a token nor a client certificate', {
      hint: 'give an inline client certificate or a token that does not end: `lifeboat cluster rbac | kubectl apply -f -` makes an account with one',
    });
  }
  return sanitised;
}

/** The namespace that a context of a kubeconfig names; undefined where it names none that can be one. Throws as `sanitiseKubeconfig`. */
export function namespaceOfContext(yaml: string | undefined, wanted?: string): string | undefined {
  if (yaml === undefined) return undefined;
  const { namespace } = contextOf(parse(yaml), wanted);
  return typeof namespace === 'string' && isName(namespace) ? namespace : undefined;
}

function parse(yaml: string): Fields {
  if (Buffer.byteLength(yaml) > maxBytes) {
    throw new LifeboatError('invalid', `kubeconfig: larger than ${maxBytes} bytes`, {
      hint: 'kubectl config view --raw --flatten --minify prints the current context alone',
    });
  }
  let parsed: unknown;
  try {
    // Of several documents kubectl reads the first, too.
    [parsed] = loadAllYaml('kubeconfig', yaml, { schema, maxAliases });
  } catch (error) {
    if (error instanceof LifeboatError) throw error;
    // The parser's own message quotes the file, which holds secrets.
    const line = error instanceof YAMLException && error.mark ? ` (line ${error.mark.line + 1})` : '';
    throw new LifeboatError('invalid', `kubeconfig: not valid YAML${line}`, { hint: wholeFile });
  }
  if (!isMap(parsed))
    throw new LifeboatError('invalid', 'kubeconfig: not a YAML mapping', { hint: wholeFile });
  if (parsed.kind !== undefined && parsed.kind !== 'Config') {
    throw new LifeboatError('invalid', 'kubeconfig: its kind is not Config', { hint: wholeFile });
  }
  return parsed;
}

function contextOf(file: Fields, wanted: string | undefined): Fields {
  const name = wanted ?? textOf(file, 'current-context', 'kubeconfig') ?? onlyContext(file);
  if (!name) {
    throw new LifeboatError('invalid', 'kubeconfig: current-context is not set', {
      hint: 'name the context to use',
    });
  }
  const context = namedIn(file, 'contexts', 'context', name);
  refuseOthers(context, 'context', ignored.context);
  return context;
}

/** Its name, where a file holds one context alone. */
function onlyContext({ contexts }: Fields): string | undefined {
  const [only, ...others] = Array.isArray(contexts) ? (contexts as unknown[]) : [];
  return others.length === 0 && isMap(only) && typeof only.name === 'string' ? only.name : undefined;
}

function named(context: Fields, what: 'cluster' | 'user'): string {
  const name = textOf(context, what, 'context');
  if (name) return name;
  throw new LifeboatError('invalid', `kubeconfig: the context names no ${what}`, {
    hint: `name one with \`kubectl config set-context CONTEXT --${what}=NAME\``,
  });
}

function namedIn(file: Fields, list: string, what: string, name: string): Fields {
  const entries = Object.hasOwn(file, list) ? file[list] : undefined;
  const found = Array.isArray(entries)
    ? entries.filter((entry) => isMap(entry) && Object.hasOwn(entry, 'name') && entry.name === name)
    : [];
  if (found.length === 0) {
    throw new LifeboatError('invalid', `kubeconfig: no ${what} is named "${name}"`, {
      hint: 'see the names in it with `kubectl config view`',
    });
  }
  if (found.length > 1)
    throw new LifeboatError('invalid', `kubeconfig: two ${list} are named "${name}"`, { hint: wholeFile });
  const entry = found[0] as Fields;
  refuseOthers(entry, list, ['name', what]);
  const fields = Object.hasOwn(entry, what) ? entry[what] : undefined;
  if (!isMap(fields))
    throw new LifeboatError('invalid', `kubeconfig: the ${what} "${name}" is empty`, { hint: wholeFile });
  return fields;
}

/** Refused by name; a field without a value does nothing and is passed over. */
function refuseOthers(fields: Fields, where: string, allowed: readonly string[]): void {
  for (const [field, value] of Object.entries(fields)) {
    if (allowed.includes(field) || isNothing(value)) continue;
    // Where people keep what they merge into several entries.
    if (where === 'kubeconfig' && field.startsWith('x-')) continue;
    throw new LifeboatError('invalid', `kubeconfig: ${where}.${field} is not accepted`, {
      hint: remedyOfField(field),
    });
  }
}

/** An empty value, or false in one of the words that kubectl reads as it (YAML 1.1). */
function isNothing(value: unknown): boolean {
  if (value === null || value === false) return true;
  if (typeof value === 'string') return value === '' || /^(n|no|off|false)$/i.test(value);
  return typeof value === 'object' && Object.keys(value).length === 0;
}

function serverOf(cluster: Fields, rules: AddressRules): string {
  const text = textOf(cluster, 'server', 'cluster');
  if (!text) throw wrong('cluster', 'server', 'is missing');
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw wrong('cluster', 'server', 'is no URL');
  }
  if (url.protocol !== 'https:') throw wrong('cluster', 'server', 'is not https');
  if (url.username || url.password) throw wrong('cluster', 'server', 'holds a user name or password');
  if (url.search || url.hash) throw wrong('cluster', 'server', 'has a query or fragment');
  const reason = refusalOfHost(url.hostname, rules);
  if (reason) throw refusedServer(url.hostname, reason);
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

function pemOf(fields: Fields, field: string, where: string, expected: RegExp): string | undefined {
  const text = textOf(fields, field, where)?.replace(/\s+/g, '');
  if (!text) return undefined;
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) throw wrong(where, field, 'is not base64');
  const pem = Buffer.from(text, 'base64').toString('latin1');
  if (/ENCRYPTED/.test(pem)) throw wrong(where, field, 'is encrypted; give the key without a passphrase');
  if (!expected.test(pem)) throw wrong(where, field, 'is not PEM of the right kind');
  return text;
}

function textOf(fields: Fields, field: string, where: string): string | undefined {
  const value = Object.hasOwn(fields, field) ? fields[field] : undefined;
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value !== 'string') throw wrong(where, field, 'is not a string');
  return value;
}

function wrong(where: string, field: string, what: string): LifeboatError {
  return new LifeboatError('invalid', `kubeconfig: ${where}.${field} ${what}`, {
    hint: remedyOfValue(field),
  });
}
