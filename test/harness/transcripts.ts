import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A command that a page of docs/ shows, and what it printed. */
export interface Transcript {
  /** Without `lifeboat`. */
  parameters: string[];
  output: string;
}

/** The fenced blocks of a page that begin with `$ lifeboat`. No parameter has a space in it. */
export function transcriptsOf(page: string): Transcript[] {
  const text = readFileSync(join(__dirname, '../../docs', page), 'utf8');
  return [...text.matchAll(/^```\n\$ lifeboat (.+)\n([\s\S]*?)^```$/gm)].map(([, command, output]) => ({
    parameters: command!.split(' '),
    output: output!,
  }));
}

/** Text without what is another each time: points in time, hashes, ids, spaces at the ends of lines. */
export function withoutWhatChanges(text: string): string {
  return text
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, '<time>')
    .replace(/\b[0-9a-f]{12}\b/g, '<hash>')
    .replace(/\b[0-9a-f]{32}\b/g, '<id>')
    .replace(/ +$/gm, '')
    .trim();
}
