/** What a process of its own is to list, once, on four connections. */
export interface FloorList {
  kubeconfig: string;
  /** Paths, without a query. */
  collections: readonly string[];
}

export interface FloorMeasured {
  /** The lists alone: neither the start of the process nor the loading of the code. */
  seconds: number;
  items: number;
}
