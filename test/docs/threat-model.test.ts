import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const root = join(__dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

/** A test that a line of a page names: `file`: “title”. */
const proof = /`(test\/[\w./-]+\.test\.ts)`: “([^”]+)”/g;

/** The lines of the lists in a section of a page, by the heading above each. */
function lines(page: string, section: string): { heading: string; line: string }[] {
  const text = read(page);
  const start = text.indexOf(`\n## ${section}\n`);
  expect([page, section, start > 0]).toEqual([page, section, true]);
  const end = text.indexOf('\n## ', start + 1);
  let heading = section;
  const found: { heading: string; line: string }[] = [];
  for (const line of text.slice(start, end < 0 ? undefined : end).split('\n')) {
    if (line.startsWith('### ')) heading = line.slice(4);
    if (line.startsWith('- ')) found.push({ heading, line });
  }
  return found;
}

/** The titles of tests and of their groups in a file: literals that are the first argument of a call. */
function titlesIn(file: string): Set<string> {
  const titles = new Set<string>();
  const literal = /\(\s*(['"`])((?:(?!\1)[^\\]|\\.)+)\1\s*,/g;
  for (const [, quote, text] of read(file).matchAll(literal))
    titles.add(text!.replaceAll(`\\${quote}`, quote!));
  return titles;
}

const adversaries = [
  'Who reads the vault',
  'Who adds to the vault',
  'Who writes to the vault',
  'A tenant of a cluster',
  'A hostile API server',
  'A viewer',
  'A scoped operator',
  'An operator',
  'A writer of the state',
  'The role of a worker',
  'The network',
  'A tenant with a hook annotation',
];
const reserved = ['Holder of the credentials of a mover', 'A writer of the file repository'];

const model = lines('docs/security.md', 'Threat model');
const checks = lines('docs/format.md', 'What a reader assumes and checks');
const claims = [...model.filter(({ heading }) => heading !== 'Assumptions'), ...checks];

describe('the threat model', () => {
  it('has assumptions, guarantees, and a list for each adversary', () => {
    const headings = [...new Set(model.map(({ heading }) => heading))];
    expect(headings).toEqual(['Assumptions', 'Guarantees', ...adversaries, ...reserved]);
    for (const { heading, line } of model)
      expect([heading, line.startsWith('- Not there yet: ')]).toEqual([heading, reserved.includes(heading)]);
  });

  it('says of each adversary what they can or cannot do', () => {
    for (const { heading, line } of model)
      if (adversaries.includes(heading)) expect(line).toMatch(/^- (can|cannot) /);
  });

  it('names a test for each claim, and the page on the format does too', () => {
    for (const { heading, line } of claims)
      if (!reserved.includes(heading)) expect(line).toMatch(new RegExp(proof.source));
  });

  it('names tests that exist, by their titles', () => {
    const missing: string[] = [];
    const known = new Map<string, Set<string>>();
    for (const { line } of claims)
      for (const [, file, title] of line.matchAll(proof)) {
        if (!known.has(file!)) known.set(file!, existsSync(join(root, file!)) ? titlesIn(file!) : new Set());
        if (!known.get(file!)!.has(title!)) missing.push(`${file}: ${title}`);
      }
    expect(missing).toEqual([]);
  });

  it('names no test in another form, which nobody would check', () => {
    for (const { line } of claims) expect(line.replace(proof, '')).not.toContain('.test.ts');
  });
});
