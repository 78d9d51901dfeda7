import { describe, expect, it } from '@jest/globals';
import { table } from '../../../cli/output/table';

describe('a table', () => {
  it('has its columns one under another, wherever the longest cell is', () => {
    for (const longest of [0, 200, 450]) {
      const rows = [...Array(451).keys()].map((n) => [
        n === longest ? 'a-very-long-name' : `b-${n}`,
        n === longest ? '完了' : '',
        'end',
      ]);
      const lines = table(['name', 'phase', 'last'], rows).split('\n');
      expect(lines).toHaveLength(452);
      expect(lines[0]).toBe('NAME               PHASE   LAST');
      expect(lines[longest + 1]).toBe('a-very-long-name   完了    end');
      for (const line of lines.filter((_, n) => n > 0 && n !== longest + 1))
        expect(line).toMatch(/^b-\d+ +- {7}end$/);
      expect(new Set(lines.map((line) => line.search(/end|LAST/)))).toEqual(new Set([27, 25]));
    }
  });

  it('of nothing is its headings', () => {
    expect(table(['name', 'age'], [])).toBe('NAME   AGE');
  });

  it('takes time by its rows, not by their square', () => {
    const drawing = (count: number) => {
      const began = process.cpuUsage();
      table(['a', 'b'], Array(count).fill(['x', 'y']));
      return process.cpuUsage(began).user;
    };
    drawing(400);
    // By the square it would be 100 times as long.
    expect(drawing(3_000)).toBeLessThan(40 * drawing(300));
  });
});
