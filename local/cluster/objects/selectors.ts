import { badRequest } from '../http/status-error';

type Labels = Record<string, string> | undefined;
export type LabelPredicate = (labels: Labels) => boolean;

const tokens =
  /\s*(?:(!=|==|=|!|\(|\)|,|<|>)|((?:[A-Za-z0-9][-A-Za-z0-9_.]*\/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?))/y;

/**
 * A label selector in text form: `a=b,c!=d,e in (f,g),h notin (i),j,!k,l>5`.
 * Throws 400 with the parser's message, roughly as the real server words it.
 */
export function parseLabelSelector(text: string): LabelPredicate {
  const words = tokenize(text);
  const predicates: LabelPredicate[] = [];
  let at = 0;
  while (at < words.length) {
    predicates.push(requirement());
    if (at < words.length) expect(',');
    if (at === words.length && words[at - 1] === ',') fail("identifier after ','");
  }
  return (labels) => predicates.every((predicate) => predicate(labels));

  function requirement(): LabelPredicate {
    if (words[at] === '!') {
      at += 1;
      const key = identifier();
      return (labels) => labels?.[key] === undefined;
    }
    const key = identifier();
    const operator = words[at];
    if (operator === undefined || operator === ',') return (labels) => labels?.[key] !== undefined;
    at += 1;
    if (operator === '=' || operator === '==') {
      const wanted = value();
      return (labels) => labels?.[key] === wanted;
    }
    if (operator === '!=') {
      const wanted = value();
      return (labels) => labels?.[key] !== wanted;
    }
    if (operator === '<' || operator === '>') {
      const bound = Number(identifier());
      return (labels) => {
        const own = Number(labels?.[key] ?? Number.NaN);
        return operator === '<' ? own < bound : own > bound;
      };
    }
    if (operator === 'in' || operator === 'notin') {
      const wanted = set();
      const within: LabelPredicate = (labels) => wanted.has(labels?.[key] ?? '\0');
      return operator === 'in' ? within : (labels) => !within(labels);
    }
    at -= 1;
    return fail('in, notin, =, ==, !=, gt, lt');
  }

  function set(): Set<string> {
    expect('(');
    const values = new Set<string>([value()]);
    while (words[at] === ',') {
      at += 1;
      values.add(value());
    }
    expect(')');
    return values;
  }

  /** A value may be empty: `a=`, `a in (,b)`. */
  function value(): string {
    const word = words[at];
    if (word === undefined || word === ',' || word === ')') return '';
    return identifier();
  }

  function identifier(): string {
    const word = words[at];
    if (word === undefined || !/^[A-Za-z0-9]/.test(word)) return fail('identifier');
    at += 1;
    return word;
  }

  function expect(wanted: string): void {
    if (words[at] !== wanted) fail(`'${wanted}'`);
    at += 1;
  }

  function fail(wanted: string): never {
    throw badRequest(`unable to parse requirement: found '${words[at] ?? ''}' expected: ${wanted}`);
  }
}

function tokenize(text: string): string[] {
  const words: string[] = [];
  const source = text.trimEnd();
  tokens.lastIndex = 0;
  while (tokens.lastIndex < source.length) {
    const from = tokens.lastIndex;
    const match = tokens.exec(source);
    if (!match) throw badRequest(`unable to parse requirement: found '${source.slice(from)}'`);
    words.push(match[1] ?? match[2]!);
  }
  return words;
}

/** `metadata.name=x,status.phase!=Failed`: each field, whether it must be equal, and the value. */
export function parseFieldSelector(text: string): { field: string; equal: boolean; value: string }[] {
  return text
    .split(',')
    .filter((term) => term !== '')
    .map((term) => {
      const match = /^([^=!]*)(==|!=|=)(.*)$/.exec(term);
      if (!match) throw badRequest(`invalid selector: '${text}'; can't understand '${term}'`);
      return { field: match[1]!, equal: match[2] !== '!=', value: match[3]! };
    });
}
