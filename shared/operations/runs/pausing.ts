/** All that is left to be done of a run waits for something outside. What it is lies in the run; a later start goes on from there. */
export interface Pausing {
  paused: {
    /** `WaitingForPluginOperations` or `Finalizing`. */
    phase: string;
    /** What it waits for, for people. */
    message: string;
    done: number;
    total?: number;
  };
}
