import { LifeboatError } from '../../shared/platform/errors';

/** A step into a value: a field, a place in a list (from its end when negative), or everything below. */
type Step = { field: string } | { index: number } | 'all';

/** Text as it is, and paths to what is put in its place. */
type Part = string | Step[];

/**
 * kubectl's templates, as far as one asks for values: `{.items[*].metadata.name}`, with text around and between, `{"\n"}`, and
 * `['a.b/c']` for fields with dots. What is not there is nothing; values of a path are joined by spaces. Throws `invalid`.
 */
export function jsonPath(template: string): (value: unknown) => string {
  const parts = readTemplate(template);
  return (value) =>
    parts
      .map((part) => (typeof part === 'string' ? part : follow([value], part).map(shown).join(' ')))
      .join('');
}

function readTemplate(template: string): Part[] {
  const parts: Part[] = [];
  let rest = template;
  while (rest !== '') {
    const [whole, text, expression] =
      /^(?:([^{]+)|\{((?:"(?:[^"\\]|\\.)*"|'[^']*'|[^{}"'])*)\})/.exec(rest) ?? [];
    if (whole === undefined) throw wrong(template);
    parts.push(text ?? readExpression(expression ?? '', template));
    rest = rest.slice(whole.length);
  }
  return parts;
}

function readExpression(expression: string, template: string): Part {
  if (expression.startsWith('"')) {
    try {
      return JSON.parse(expression) as string;
    } catch {
      throw wrong(template);
    }
  }
  const steps: Step[] = [];
  let rest = expression.replace(/^[$@]/, '');
  while (rest !== '' && rest !== '.') {
    const [whole, field, star, index, quoted] =
      /^(?:\.([A-Za-z0-9_-]+)|(\.\*|\[\*\])|\[(-?\d{1,6})\]|\[(?:'([^']*)')\])/.exec(rest) ?? [];
    if (whole === undefined) throw wrong(template);
    if (star !== undefined) steps.push('all');
    else if (index !== undefined) steps.push({ index: Number(index) });
    else steps.push({ field: field ?? quoted ?? '' });
    rest = rest.slice(whole.length);
  }
  return steps;
}

function follow(values: unknown[], steps: readonly Step[]): unknown[] {
  return steps.reduce<unknown[]>((found, step) => found.flatMap((value) => into(value, step)), values);
}

function into(value: unknown, step: Step): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  if (step === 'all') return Object.values(value);
  const key =
    'field' in step
      ? step.field
      : String(step.index < 0 ? (value as unknown[]).length + step.index : step.index);
  return Object.prototype.propertyIsEnumerable.call(value, key)
    ? [(value as Record<string, unknown>)[key]]
    : [];
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function wrong(template: string): LifeboatError {
  return new LifeboatError('invalid', `-o jsonpath: ${template.slice(0, 80)} cannot be read`, {
    hint: "write it as kubectl does: -o jsonpath='{.items[*].metadata.name}'",
  });
}
