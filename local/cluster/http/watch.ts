import type { ServerResponse } from 'node:http';
import type { ApiCall } from './api-call';
import type { Change } from '../objects/collection';
import { formatJson } from '../objects/json-text';
import { objectText, typeMeta } from '../objects/object-text';
import { selection } from '../objects/selection';
import { StatusError } from './status-error';
import type { Storage } from '../objects/storage';
import type { StoredObject } from '../objects/stored-object';

/** Streams the changes of a resource as JSON lines until the client leaves or the asked time is over. */
export function serveWatch(storage: Storage, call: ApiCall, response: ServerResponse): () => void {
  const { resource, query, namespace } = call;
  const matches = selection(call);
  const inScope = (stored: StoredObject) =>
    (namespace === '' || stored.namespace === namespace) && matches.test(stored);
  const write = (type: string, object: string) => response.write(`{"type":"${type}","object":${object}}\n`);
  const collection = storage.collection(resource.storage);
  const resourceVersion = query.get('resourceVersion') ?? '';
  const bookmarks = query.get('allowWatchBookmarks') === 'true';
  const initialEvents = query.get('sendInitialEvents') === 'true';
  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-cache, private' });

  const send = (change: Change) => {
    const now = change.type !== 'DELETED' && inScope(change.object);
    const before = change.previous !== undefined && inScope(change.previous);
    if (now) write(before ? 'MODIFIED' : 'ADDED', objectText(resource, change.object));
    else if (before) write('DELETED', objectText(resource, change.object));
  };

  if (resourceVersion === '' || resourceVersion === '0' || initialEvents) {
    for (const stored of collection.sorted())
      if (inScope(stored)) write('ADDED', objectText(resource, stored));
    if (initialEvents) write('BOOKMARK', bookmark({ 'k8s.io/initial-events-end': 'true' }));
  } else {
    try {
      for (const change of collection.since(Number(resourceVersion))) send(change);
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      write('ERROR', formatJson(error.body()));
      response.end();
      return () => {};
    }
  }

  const unsubscribe = storage.onChange((change) => {
    if (change.object.storage === resource.storage) send(change);
  });
  const seconds = Number(query.get('timeoutSeconds') ?? '1800');
  const end = () => {
    unsubscribe();
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(() => {
    if (bookmarks) write('BOOKMARK', bookmark());
    end();
  }, seconds * 1000);
  timer.unref();
  response.on('close', end);
  return end;

  function bookmark(annotations?: Record<string, string>): string {
    const metadata = {
      resourceVersion: String(storage.revision),
      creationTimestamp: null,
      ...(annotations ? { annotations } : {}),
    };
    return `{${typeMeta(resource)},"metadata":${JSON.stringify(metadata)}}`;
  }
}
