import { describe } from '@jest/globals';

/** What every script needs: the installation and a person's key. */
const always = [
  'LIFEBOAT_LIVE',
  'LIFEBOAT_STATE',
  'LIFEBOAT_REGION',
  'LIFEBOAT_ACCOUNT_ID',
  'ALIBABA_CLOUD_ACCESS_KEY_ID',
  'ALIBABA_CLOUD_ACCESS_KEY_SECRET',
];

/**
 * A claim that only a live account can show. Skipped, with what is missing in its name, unless LIFEBOAT_LIVE=1 and all that it
 * needs is set: credentials that happen to be there are never used.
 */
export function describeLive(
  claim: string,
  needs: Readonly<Record<string, string>>,
  body: (value: (variable: string) => string) => void,
): void {
  const missing = [...always, ...Object.keys(needs)].filter((name) => !process.env[name]);
  const value = (variable: string) => process.env[variable]!;
  if (missing.length === 0) {
    describe(claim, () => body(value));
    return;
  }
  const meaning = missing.map((name) => (needs[name] ? `${name} (${needs[name]})` : name));
  describe.skip(`${claim} (skipped: not set: ${meaning.join(', ')})`, () => body(value));
}
