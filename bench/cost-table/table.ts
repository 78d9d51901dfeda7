import type { Measurement } from './measurement';

const begin = '<!-- measured: begin -->';
const end = '<!-- measured: end -->';

/** The text of the page with the table between its two marks made anew. Throws where a mark is missing. */
export function withTable(
  page: string,
  before: readonly Measurement[],
  after: readonly Measurement[],
): string {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`the page does not have "${begin}" and "${end}"`);
  return `${page.slice(0, from + begin.length)}\n${tableOf(before, after)}\n${page.slice(to)}`;
}

function tableOf(before: readonly Measurement[], after: readonly Measurement[]): string {
  const lines = [
    '| what | size | requests before | requests | CPU before | CPU |',
    '|---|--:|--:|--:|--:|--:|',
  ];
  for (const { group, what, size, inMemory, requests, cpuSeconds } of after) {
    const earlier = before.find(
      (one) => one.group === group && one.size === size && kindOf(one) === kind(what),
    );
    lines.push(
      `| ${group}: ${what} | ${number(size)}${inMemory ? ' ¹' : ''} | ${earlier ? number(earlier.requests) : ''} | ${number(requests)} | ${earlier ? seconds(earlier) : ''} | ${seconds({ cpuSeconds })} |`,
    );
  }
  return lines.join('\n');
}

/** Without the number of ticks that it took. */
const kind = (what: string) => what.replace(/, in \d+ ticks$/, '');
const kindOf = ({ what }: Measurement) => kind(what);

const number = (count: number) => count.toLocaleString('en');
const seconds = ({ cpuSeconds }: Pick<Measurement, 'cpuSeconds'>) =>
  `${cpuSeconds < 10 ? cpuSeconds.toFixed(2) : cpuSeconds.toFixed(0)} s`;
