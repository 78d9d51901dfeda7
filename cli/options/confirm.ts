import { LifeboatError } from '../../shared/platform/errors';
import type { Installation } from '../../shared/app/installation';

/** As `confirmed`, for what is deleted from an installation, which the question names by the place of its state. */
export async function confirmedIn({ state }: Installation, question: string, deed: string): Promise<boolean> {
  return confirmed(`Installation ${state.store.name}: ${question}`, deed);
}

/** Asks a person at a terminal; throws `invalid` where nobody can answer. @param deed what --yes is added for: `delete` */
export async function confirmed(question: string, deed: string): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new LifeboatError('invalid', 'nobody is there to confirm', {
      hint: `add --yes to ${deed} without being asked`,
    });
  }
  const { createInterface } = await import('node:readline/promises');
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await prompt.question(`${question} [y/N] `)).trim());
  } finally {
    prompt.close();
  }
}
