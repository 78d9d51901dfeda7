import type { LogFields } from './log';

export type LogLevel = 'debug' | 'info' | 'warning' | 'error';

/** One line as logrus's TextFormatter writes it without a terminal: time, level, msg, then the fields by name. */
export function logrusLine(time: Date, level: LogLevel, message: string, fields: LogFields = {}): string {
  const parts = [`time="${time.toISOString().slice(0, 19)}Z"`, `level=${level}`, `msg=${value(message)}`];
  for (const key of Object.keys(fields).sort()) {
    const field = fields[key];
    if (field !== undefined) parts.push(`${key}=${value(String(field))}`);
  }
  return `${parts.join(' ')}\n`;
}

/** logrus leaves text of these characters bare and quotes the rest as Go's `%q` does. */
function value(text: string): string {
  if (text === '') return '';
  return /^[A-Za-z0-9\-._/@^+]+$/.test(text) ? text : quote(text);
}

const shortEscapes: Record<string, string> = {
  '"': '\\"',
  '\\': '\\\\',
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};

/** Go's strconv.Quote: control characters and separators escaped, printable Unicode as it is. */
function quote(text: string): string {
  // Nearly every text is plain, and the classes below are slow.
  if (/^[ !#-[\]-~]*$/.test(text)) return `"${text}"`;
  const escaped = text.replace(/["\\]|[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu, (character) => {
    const short = shortEscapes[character];
    if (short) return short;
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x80) return `\\x${hex(code, 2)}`;
    return code > 0xffff ? `\\U${hex(code, 8)}` : `\\u${hex(code, 4)}`;
  });
  return `"${escaped}"`;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}
