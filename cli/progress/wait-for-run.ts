import { SingleBar } from 'cli-progress';
import type { Clock } from '../../shared/platform/clock';
import type { RunProgress, RunResult } from '../../shared/formats/manifests/run';
import { shortDuration } from '../output/age';
import type { Screen } from '../output/screen';
import { onInterrupt } from './on-interrupt';

/** What can be seen of a run while it goes on. */
export interface RunView {
  progress?: RunProgress;
  result?: RunResult;
}

/** Milliseconds between two looks at a run: a tenth of the time that it has been waited for, within these. */
const pollAtFirst = 500;
const pollAtMost = 5_000;
/** In a pipe a line at each new phase, and at this interval within one. */
const lineEvery = 10_000;

/**
 * Waits until a run has its result, showing how far it is: a bar on a terminal, plain lines in a pipe.
 * `look` is asked twice a second at first, and every five seconds after a minute. At Ctrl-C it says that the run goes on, and how to follow and to cancel it.
 * @param what `backup shop-1`
 */
export async function waitForRun(
  what: string,
  look: () => Promise<RunView>,
  { screen, clock }: { screen: Screen; clock: Clock },
): Promise<RunResult> {
  const name = what.replace(' ', '/');
  const show = showProgress(what, { screen, clock }, 'waiting for the worker', () => {
    screen.note(`Stopped waiting. ${what} goes on.`);
    screen.note(
      `Follow it with \`lifeboat run get ${name}\`, cancel it with \`lifeboat run cancel ${name}\`.`,
    );
  });
  const began = clock.monotonic();
  try {
    for (;;) {
      const { progress, result } = await look();
      if (progress) show.update(progress);
      if (result) return result;
      const waited = clock.monotonic() - began;
      await clock.sleep(Math.min(Math.max(waited / 10, pollAtFirst), pollAtMost));
    }
  } finally {
    show.stop();
  }
}

/** How far something is, as it is drawn. */
export interface Shown {
  update(progress: Omit<RunProgress, 'at'>): void;
  stop(): void;
}

/**
 * A bar on a terminal, plain lines in a pipe. Ctrl-C ends the command with 130.
 * @param first shown until the first update; `stop` it in the end
 * @param interrupted called at Ctrl-C, when the bar is gone
 */
export function showProgress(
  what: string,
  { screen, clock }: { screen: Screen; clock: Clock },
  first = 'waiting for the worker',
  interrupted: () => void = () => {},
): Shown {
  const shown = screen.live ? bar(what, first) : lines(what, screen, clock);
  const unheard = onInterrupt(() => {
    shown.stop();
    interrupted();
  });
  return {
    update: shown.update,
    stop() {
      unheard();
      shown.stop();
    },
  };
}

function bar(what: string, first: string): Shown {
  const drawn = new SingleBar({
    format: `${what}  {phase}  {bar} {value}{of}`,
    barsize: 24,
    hideCursor: true,
    clearOnComplete: true,
    stopOnComplete: false,
    // It would take the first Ctrl-C for itself.
    gracefulExit: false,
    stream: process.stderr,
  });
  drawn.start(1, 0, { phase: first, of: '' });
  return {
    update({ phase, done, total, message }) {
      drawn.setTotal(total ?? Math.max(1, done));
      drawn.update(done, { phase: message ? `${phase}: ${message}` : phase, of: total ? `/${total}` : '' });
    },
    stop: () => drawn.stop(),
  };
}

function lines(what: string, screen: Screen, clock: Clock): Shown {
  let phase = '';
  let printed = Number.NEGATIVE_INFINITY;
  return {
    update(progress) {
      const now = clock.monotonic();
      if (progress.phase === phase && now - printed < lineEvery) return;
      phase = progress.phase;
      printed = now;
      const count =
        progress.done === 0
          ? ''
          : ` ${progress.done}${progress.total ? `/${progress.estimated ? '~' : ''}${progress.total}` : ''}`;
      const left = progress.secondsLeft ? `, about ${shortDuration(progress.secondsLeft * 1_000)} left` : '';
      const why =
        (phase === 'Waiting' || phase === 'Retrying') && progress.message ? `: ${progress.message}` : '';
      screen.note(`${what}: ${phase}${count}${left}${why}`);
    },
    stop() {},
  };
}
