/** One thing that was looked at. `error`: something does not work; `warning`: it is limited, or could not be seen. */
export interface Finding {
  /** What it is about: `state`, `ticks`, `vault main`, `cluster production`, `function lifeboat-backup`. */
  about: string;
  level: 'ok' | 'warning' | 'error';
  /** One line. Holds no secret. */
  message: string;
  /** What to do about it. */
  remedy?: string;
}

/** Findings about one thing. */
export function about(subject: string) {
  const make =
    (level: Finding['level']) =>
    (message: string, remedy?: string): Finding => ({
      about: subject,
      level,
      message,
      ...(remedy !== undefined && { remedy }),
    });
  return { ok: make('ok'), warning: make('warning'), error: make('error') };
}
