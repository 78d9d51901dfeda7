import { type LoadOptions, load, loadAll, YAMLException } from 'js-yaml';
import { LifeboatError } from '../errors';

/** Characters of a text in YAML: a kubeconfig has some 6,000 for each cluster, a manifest fewer. */
const maxLength = 2 << 20;

/**
 * Reads a text in YAML that a person or a cluster gave: without aliases, since 350 bytes of aliases of aliases become 200 MB.
 * A reader that looks at a few fields and writes none of it again may take some (`maxAliases`).
 * @param what names the text in an error
 * @throws LifeboatError `invalid` for an alias, and for a text that is too long; YAMLException for what is no YAML
 */
export function loadYaml(what: string, text: string, options: LoadOptions = {}): unknown {
  return guarded(what, text, () => load(text, { maxAliases: 0, ...options }));
}

/** As `loadYaml`, of a text that may hold several documents. */
export function loadAllYaml(what: string, text: string, options: LoadOptions = {}): unknown[] {
  return guarded(what, text, () => loadAll(text, { maxAliases: 0, ...options }));
}

function guarded<T>(what: string, text: string, read: () => T): T {
  if (text.length > maxLength) {
    throw new LifeboatError('invalid', `${what} has ${text.length} characters, more than ${maxLength}`, {
      hint: 'split it into several',
    });
  }
  try {
    return read();
  } catch (error) {
    if (!(error instanceof YAMLException) || !error.reason.includes('maxAliases')) throw error;
    const line = error.mark ? ` in line ${error.mark.line + 1}` : '';
    throw new LifeboatError('invalid', `${what} has an alias (*name)${line}, or more of them than are read`, {
      hint: 'write what the alias stands for in its place',
    });
  }
}
