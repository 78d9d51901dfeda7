/** The part of the process that hears Ctrl-C. */
export type InterruptedProcess = Pick<NodeJS.Process, 'on' | 'removeListener' | 'exit'>;

/** What a shell shows for a command that was ended by SIGINT. */
const interrupted = 130;

/**
 * Ends the command with exit code 130 at the first Ctrl-C.
 * @param last what is done before, at once: put the screen in order, say what goes on
 * @returns stops listening
 */
export function onInterrupt(last: () => void, from: InterruptedProcess = process): () => void {
  const end = () => {
    last();
    from.exit(interrupted);
  };
  from.on('SIGINT', end);
  return () => void from.removeListener('SIGINT', end);
}
