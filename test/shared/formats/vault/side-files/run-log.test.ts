import { randomBytes } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { systemClock } from '../../../../../shared/platform/system';
import { logrusLine } from '../../../../../shared/platform/log/logrus-line';
import { ResourceListBuilder } from '../../../../../shared/formats/vault/side-files/resource-list';
import { countOf, ResultsCollector } from '../../../../../shared/formats/vault/side-files/results';
import { RunLog } from '../../../../../shared/formats/vault/side-files/run-log';
import { gunzipJson } from '../../../../../shared/formats/vault/side-files/gzipped-json';
import { backupSideFiles } from '../../../../../shared/formats/vault/side-files/side-files';

const at = new Date('2026-11-22T20:59:10.700Z');
const clock = { ...systemClock, now: () => at };

describe('a log line', () => {
  it('is that of logrus, as a Velero wrote it', () => {
    const fields = {
      name: 'web-85bd4bc585-fdshc',
      error: 'command terminated with exit code 3',
      backup: 'velero/partial',
    };
    expect(logrusLine(at, 'error', 'Error running pre hooks for pod', fields)).toBe(
      'time="2026-11-22T20:59:10Z" level=error msg="Error running pre hooks for pod" backup=velero/partial error="command terminated with exit code 3" name=web-85bd4bc585-fdshc\n',
    );
  });

  it('stays one line whatever is logged, quoted as Go quotes', () => {
    const line = logrusLine(at, 'info', 'a "b"\\\n\t\u0000\u001b\u2028 é ✓ 😀', {
      n: 3,
      none: undefined,
      empty: '',
    });
    expect(line).toBe(
      'time="2026-11-22T20:59:10Z" level=info msg="a \\"b\\"\\\\\\n\\t\\x00\\x1b\\u2028 é ✓ 😀" empty= n=3\n',
    );
  });
});

describe('the log of a run', () => {
  it('enters warnings and errors into the results as Velero’s log hook does', () => {
    const results = new ResultsCollector();
    const log = new RunLog({ clock, results, fields: { backup: 'velero/x' } });
    log.info('nothing happened', { namespace: 'shop' });
    log.error('Error running pre hooks for pod', { name: 'web-1', error: 'exit code 3' });
    log.warn('not there', { namespace: '', resource: 'nodes', name: 'n1' });
    log.warn('left out', { namespace: 'constructor' });
    expect(JSON.parse(JSON.stringify(results.results()))).toEqual({
      errors: { velero: [' name: /web-1 message: /Error running pre hooks for pod error: /exit code 3'] },
      warnings: {
        cluster: [' resource: /nodes name: /n1 message: /not there'],
        namespaces: { constructor: [' message: /left out'] },
      },
    });
    expect(results.counts).toEqual({ errors: 1, warnings: 2 });
    expect([countOf(results.results().errors), countOf(results.results().warnings)]).toEqual([1, 2]);
  });

  it('can be taken at any time, as one gzip of all lines so far', () => {
    const log = new RunLog({ clock });
    for (let line = 0; line < 10_000; line++) log.info(`line ${line} ${'x'.repeat(100)}`);
    const lines = gunzipSync(log.gzip()).toString().trimEnd().split('\n');
    expect(lines).toHaveLength(10_000);
    expect(lines.at(-1)).toContain('line 9999');
    log.info('one more');
    expect(gunzipSync(log.gzip()).toString()).toContain('one more');
  });

  it('stays bounded, keeps warnings longest, and says how much was left out', () => {
    const log = new RunLog({ clock, maxCompressedBytes: 300_000 });
    const noise = () => randomBytes(700).toString('base64');
    for (let line = 0; line < 2_000; line++) log.info(noise());
    log.error('kept all the same');
    const bytes = log.gzip();
    expect(bytes.length).toBeLessThan(700_000);
    const text = gunzipSync(bytes).toString();
    expect(text).toContain('msg="kept all the same"');
    const kept = text.split('\n').filter((line) => line.includes('level=info')).length;
    expect(text).toContain(`msg="${2_000 - kept} log lines were left out because the log is too long"`);
  });
});

describe('side files', () => {
  it('hold an empty list for what a backup does not have', async () => {
    const files = await backupSideFiles('x', {
      logs: Buffer.alloc(0),
      results: { errors: {}, warnings: {} },
      resourceList: new ResourceListBuilder().json(),
      volumeInfo: [],
    });
    const texts = files
      .filter(({ key }) => !key.endsWith('-logs.gz'))
      .map(({ key, bytes }) => [key.replace('backups/x/x-', ''), gunzipSync(bytes).toString()]);
    expect(Object.fromEntries(texts)).toEqual({
      'results.gz': '{"errors":{},"warnings":{}}\n',
      'resource-list.json.gz': '{}\n',
      'volumeinfo.json.gz': '[]\n',
      'podvolumebackups.json.gz': '[]\n',
      'volumesnapshots.json.gz': '[]\n',
      'itemoperations.json.gz': '[]\n',
    });
  });

  it('that are damaged are named and not quoted', () => {
    expect(() => gunzipJson('backups/x/x-results.gz', Buffer.from('secret'))).toThrow(
      /^backups\/x\/x-results\.gz is not a readable gzip$/,
    );
  });

  it('list resources sorted, each once', () => {
    const list = new ResourceListBuilder();
    list.add({ apiVersion: 'v1', kind: 'Pod', namespace: 'b', name: 'x' });
    list.add({ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'b', name: 'x', outcome: 'created' });
    list.add({ apiVersion: 'v1', kind: 'Pod', namespace: 'a', name: 'y' });
    list.add({ apiVersion: 'v1', kind: 'Pod', namespace: 'b', name: 'x' });
    list.add({ apiVersion: 'v1', kind: 'Namespace', name: 'a' });
    expect([...list.json()].join('')).toBe(
      '{"apps/v1/Deployment":["b/x(created)"],"v1/Namespace":["a"],"v1/Pod":["a/y","b/x"]}',
    );
  });
});
