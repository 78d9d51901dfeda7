import type { Require, Rule } from './rules';
import { at, type Fields, isFields, isTexts } from './shapes';

export function checkResults(json: unknown, require: Require): Fields | undefined {
  const halves = ['errors', 'warnings'];
  const only = isFields(json) && Object.keys(json).sort().join() === halves.join();
  if (!require(only, 'results-shape', 'not errors and warnings alone')) return undefined;
  for (const half of halves) {
    const result = (json as Fields)[half];
    const ok =
      isFields(result) &&
      Object.entries(result).every(([field, value]) =>
        field === 'namespaces'
          ? isFields(value) && Object.values(value).every(isTexts)
          : ['velero', 'cluster'].includes(field) && isTexts(value),
      );
    require(ok, 'results-shape', half);
  }
  return json as Fields;
}

/** Messages in one half of the results. */
export function messagesIn(result: unknown): number {
  if (!isFields(result)) return 0;
  const { velero, cluster, namespaces } = result;
  const lists = [velero, cluster, ...(isFields(namespaces) ? Object.values(namespaces) : [])];
  return lists.reduce<number>((sum, list) => sum + (Array.isArray(list) ? list.length : 0), 0);
}

const kindForm = /^([a-z0-9.-]+\/)?v[a-z0-9]+\/[A-Z][A-Za-z0-9]*$/;

export function checkResourceList(json: unknown, require: Require): Record<string, string[]> | undefined {
  if (!require(isFields(json), 'resource-list-shape', 'no object')) return undefined;
  let whole = true;
  for (const [kind, names] of Object.entries(json as Fields)) {
    const ok =
      kindForm.test(kind) &&
      isTexts(names) &&
      new Set(names).size === names.length &&
      names.every(
        (name, index) => index === 0 || Buffer.compare(Buffer.from(names[index - 1]!), Buffer.from(name)) < 0,
      ) &&
      names.every((name) => name !== '' && name.split('/').length <= 2);
    whole = require(ok, 'resource-list-shape', kind) && whole;
  }
  return whole ? (json as Record<string, string[]>) : undefined;
}

/** A list of objects, or null. */
export function checkList(
  json: unknown,
  rule: Rule,
  require: Require,
  right: (one: Fields) => boolean,
): Fields[] {
  if (json === null) return [];
  const list = Array.isArray(json) && json.every(isFields) ? (json as Fields[]) : undefined;
  if (!require(list !== undefined, rule, 'no list of objects')) return [];
  for (const [index, one] of list!.entries()) require(right(one), rule, `entry ${index}`);
  return list!;
}

export function isPodVolumeBackup(one: Fields): boolean {
  return (
    typeof at(one, 'metadata', 'name') === 'string' &&
    typeof at(one, 'spec', 'volume') === 'string' &&
    isFields(at(one, 'spec', 'pod')) &&
    typeof at(one, 'status', 'phase') === 'string'
  );
}

export function isNativeSnapshot(one: Fields): boolean {
  return (
    typeof at(one, 'spec', 'backupName') === 'string' &&
    typeof at(one, 'spec', 'providerVolumeID') === 'string' &&
    ['Completed', 'Failed'].includes(String(at(one, 'status', 'phase')))
  );
}

export function isEndedOperation(one: Fields): boolean {
  return (
    typeof at(one, 'spec', 'operationID') === 'string' &&
    typeof at(one, 'spec', 'resourceIdentifier', 'Resource') === 'string' &&
    ['Completed', 'Failed'].includes(String(at(one, 'status', 'phase')))
  );
}

/** Logrus writes text (`time="…" level=info msg=…`) or JSON lines. Returns the number of lines of a level. */
export function checkLog(text: string, require: Require): { error: number; warning: number } {
  const lines = text.split('\n');
  const ended = lines.pop() === '';
  require(ended && lines.length > 0, 'log-lines', 'no whole line');
  const counts = { error: 0, warning: 0 };
  for (const line of lines) {
    const level = levelOf(line);
    if (!require(level !== undefined, 'log-lines', line.slice(0, 60))) break;
    if (level === 'error' || level === 'warning') counts[level] += 1;
  }
  return counts;
}

function levelOf(line: string): string | undefined {
  const text = /^time="[^"]+" level=(debug|info|warning|error) msg=/.exec(line);
  if (text) return text[1];
  try {
    const { time, level, msg } = JSON.parse(line) as Fields;
    if (typeof time === 'string' && typeof msg === 'string' && typeof level === 'string') return level;
  } catch {
    // No JSON either.
  }
  return undefined;
}
