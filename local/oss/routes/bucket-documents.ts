import { bucketOf, type Handler, textBody } from '../call';
import { OssError, type OssErrorCode } from '../oss-error';
import { parseXml } from '../xml';

/** The three calls of a bucket configuration that is kept as it was sent. */
export interface DocumentRoutes {
  put: Handler;
  get: Handler;
  remove: Handler;
}

/** `root`: the element that the body must have; `missing`: the answer to GET where none is kept. */
export function documentRoutes(name: string, root: string, missing: OssErrorCode): DocumentRoutes {
  return {
    put: async (call) => {
      const bucket = bucketOf(call);
      const text = await textBody(call);
      if (parseXml(text)?.[root] === undefined) throw new OssError('MalformedXML');
      await call.commit(() => bucket.configure({ documents: { ...bucket.config.documents, [name]: text } }));
      return { status: 200 };
    },
    get: async (call) => {
      const { config } = bucketOf(call);
      const text = config.documents[name];
      if (text === undefined) throw new OssError(missing, { elements: { BucketName: config.name } });
      return { status: 200, headers: { 'Content-Type': 'application/xml' }, body: text };
    },
    remove: async (call) => {
      const bucket = bucketOf(call);
      const { [name]: _, ...documents } = bucket.config.documents;
      await call.commit(() => bucket.configure({ documents }));
      return { status: 204 };
    },
  };
}
