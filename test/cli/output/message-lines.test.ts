import { describe, expect, it } from '@jest/globals';
import { messageLines } from '../../../cli/output/message-lines';

describe('messages of a run', () => {
  it('turns Velero’s labelled parts into a sentence, with the namespace in front', () => {
    expect(
      messageLines({
        velero: ['could not reach the vault'],
        cluster: [' resource: /clusterroles name: /reader message: /forbidden'],
        namespaces: {
          shop: [' resource: /pods name: /web message: /Error backing up item error: /exit code 3'],
        },
      }),
    ).toEqual([
      'could not reach the vault',
      'cluster: clusterroles reader: forbidden',
      'shop: pods web: Error backing up item: exit code 3',
    ]);
  });
});
