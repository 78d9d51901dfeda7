import { bareApi } from '../local/proof/bare-api';
import { bareList } from './floor';
import type { FloorList, FloorMeasured } from './floor-message';

/** A process that reads everything once by bare requests, says what it took, and ends. */
process.once('message', async ({ kubeconfig, collections }: FloorList) => {
  const api = bareApi(kubeconfig, 4);
  const started = performance.now();
  const items = await bareList(api, collections);
  const seconds = (performance.now() - started) / 1000;
  process.send!({ seconds, items } satisfies FloorMeasured, () => process.exit(0));
});
