/** Text from a vault, where anybody may have written it, without signs that steer a terminal. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}|\p{Zl}|\p{Zp}/gu, '\u{FFFD}');
}
