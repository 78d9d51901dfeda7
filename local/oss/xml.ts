import { XMLParser } from 'fast-xml-parser';

/** XML that is ready to be sent; anything else that goes into an element is text and is escaped. */
export class Markup {
  constructor(readonly text: string) {}
}

export type Content = Markup | string | number | boolean | undefined | readonly Content[];

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function render(content: Content): string {
  if (content === undefined) return '';
  if (content instanceof Markup) return content.text;
  if (Array.isArray(content)) return content.map(render).join('');
  return String(content).replace(/[&<>"]/g, (char) => entities[char]!);
}

/** `<name>…</name>`; text is escaped, what is undefined left out. */
export function element(name: string, ...content: Content[]): Markup {
  return new Markup(`<${name}>${render(content)}</${name}>`);
}

/** `element(name, value)`, or nothing where there is no value. */
export function optional(name: string, value: string | number | undefined): Markup | undefined {
  return value === undefined ? undefined : element(name, value);
}

/** An element with the declaration in front. */
export function xmlDocument(root: Markup): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root.text}`;
}

const repeated = new Set(['Part', 'Object']);
const parser = new XMLParser({
  parseTagValue: false,
  ignoreAttributes: true,
  trimValues: false,
  processEntities: true,
  htmlEntities: true,
  isArray: (name) => repeated.has(name),
});

/** Elements become objects of strings; `Part` and `Object` are always arrays. Undefined for what is no XML. */
export function parseXml(text: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = parser.parse(text, true);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
