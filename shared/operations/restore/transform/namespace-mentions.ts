import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import { isMap } from '../../../platform/input/is-map';

/** A value of an object that names a namespace. */
export interface Mention {
  path: readonly (string | number)[];
  value: string;
  namespace: string;
}

/** What clients and tools keep for themselves, of the object as it was. */
const bookkeeping = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  'deployment.kubernetes.io/desired-replicas',
]);

/** Fields whose text is never a reference to a namespace, whatever it looks like. */
const otherNames = new Set(['image', 'apiVersion', 'uid', 'resourceVersion']);

interface Signs {
  namespace: string;
  /** The host name of a Service, or the name of an account, in a text of any kind. */
  anywhere: RegExp;
  /** `shop/settings`: an object of the namespace. */
  object: RegExp;
  /** The name as a word: in arguments, expressions, annotations. */
  word: RegExp;
  /** `namespace: shop`, `--namespace=shop` in a file that an object holds. */
  setting: RegExp;
}

/**
 * Finds the values of objects that name some namespaces in places that no row of `referenceTable` knows: fields that are
 * called `…namespace…`, host names of Services, names of accounts, `NAMESPACE/NAME`, and the bare name where people write
 * it as a word. Files in ConfigMaps and Secrets are searched for host names, accounts and settings alone.
 */
export class NamespaceMentions {
  readonly #signs: Signs[];

  constructor(namespaces: Iterable<string>) {
    this.#signs = [...namespaces].map((namespace) => {
      const name = namespace.replace(/[^a-z0-9-]/g, '');
      return {
        namespace,
        anywhere: new RegExp(
          [
            `[a-z0-9]\\.${name}(\\.svc\\b|:\\d)`,
            `(^|://|@)[a-z0-9-]+\\.${name}(/|$)`,
            `system:serviceaccounts?:${name}(?![a-z0-9-])`,
          ].join('|'),
          'm',
        ),
        object: new RegExp(`(^|[\\s,=@"'])${name}/[a-z0-9]`),
        word: new RegExp(`(^|[^A-Za-z0-9._-])${name}($|[^A-Za-z0-9._-])`),
        setting: new RegExp(`namespaces?["']?\\s*[:=]\\s*["']?${name}(?![a-z0-9-])`, 'i'),
      };
    });
  }

  /** The values of an object that name one of the namespaces, beside the namespace that it lies in. */
  of(groupResource: string, object: KubeObject): Mention[] {
    if (this.#signs.length === 0) return [];
    const found: Mention[] = [];
    const { metadata, status: _status, ...content } = object;
    const files = groupResource === 'configmaps' || groupResource === 'secrets';
    for (const [field, value] of Object.entries(content)) {
      const isData = files && ['data', 'stringData', 'binaryData'].includes(field);
      if (isData) this.#inFiles(value, field, groupResource === 'secrets' && field === 'data', found);
      else this.#below(value, [field], false, found);
    }
    for (const [name, text] of Object.entries(metadata.labels ?? {})) {
      if (/namespace/i.test(name)) this.#note(text, ['metadata', 'labels', name], ['word'], found);
    }
    for (const [name, text] of Object.entries(metadata.annotations ?? {})) {
      if (bookkeeping.has(name)) continue;
      this.#note(text, ['metadata', 'annotations', name], ['anywhere', 'object', 'word'], found);
    }
    return found;
  }

  #inFiles(files: unknown, field: string, encoded: boolean, found: Mention[]): void {
    for (const [name, file] of Object.entries(isMap(files) ? files : {})) {
      if (typeof file !== 'string') continue;
      const text = encoded ? Buffer.from(file, 'base64').toString('utf8') : file;
      for (const { namespace } of this.#matching(text, ['anywhere', 'setting'])) {
        found.push({ path: [field, name], value: file, namespace });
      }
    }
  }

  /** @param words the values below are texts that people write words in: arguments, values of variables, expressions */
  #below(value: unknown, path: readonly (string | number)[], words: boolean, found: Mention[]): void {
    if (typeof value === 'string') {
      const field = path.findLast((one) => typeof one === 'string') ?? '';
      if (otherNames.has(field)) return;
      const isName = words || /namespace|^(args|command|(message)?expressions?)$/i.test(field);
      this.#note(value, path, isName ? ['anywhere', 'object', 'word'] : ['anywhere', 'object'], found);
    } else if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) this.#below(item, [...path, index], words, found);
    } else if (isMap(value)) {
      for (const [name, inner] of Object.entries(value)) {
        // Its descriptions speak of examples.
        if (name === 'openAPIV3Schema') continue;
        this.#below(inner, [...path, name], words || (path.includes('env') && name === 'value'), found);
      }
    }
  }

  #note(text: string, path: Mention['path'], signs: (keyof Signs)[], found: Mention[]): void {
    for (const { namespace } of this.#matching(text, signs)) found.push({ path, value: text, namespace });
  }

  #matching(text: string, signs: (keyof Signs)[]): Signs[] {
    return this.#signs.filter(
      (of) => text.includes(of.namespace) && signs.some((sign) => (of[sign] as RegExp).test(text)),
    );
  }
}

/** Those mentions that still stand in an object after it was mapped, as `spec.args[0]`. */
export function stillMentioned(object: KubeObject, mentions: readonly Mention[]): Map<string, string[]> {
  const left = new Map<string, string[]>();
  for (const { path, value, namespace } of mentions) {
    let at: unknown = object;
    for (const step of path) at = typeof at === 'object' && at !== null ? Reflect.get(at, step) : undefined;
    if (at !== value) continue;
    left.set(namespace, [...(left.get(namespace) ?? []), textOf(path)]);
  }
  return left;
}

function textOf(path: Mention['path']): string {
  return path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : index ? `.${step}` : step))
    .join('');
}
