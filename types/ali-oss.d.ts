/**
 * The part of ali-oss 6.23 that the store uses, as its source behaves. `@types/ali-oss` is not used: it lacks options and
 * calls, and is wrong about what the rest return.
 */
declare module 'ali-oss' {
  import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
  import type { Readable } from 'node:stream';

  namespace OSS {
    /** What ali-oss hands to its HTTP client. */
    interface HttpArguments {
      method: string;
      headers: Record<string, string | number>;
      content?: Buffer | string;
      /** The answer's body is wanted as a stream. */
      customResponse?: boolean;
    }

    interface HttpResult {
      status: number;
      headers: IncomingHttpHeaders;
      data?: Buffer;
      res: HttpResponse | Readable;
    }

    interface HttpResponse {
      status: number;
      headers: IncomingHttpHeaders;
      data?: Buffer;
    }

    interface HttpClient {
      request(url: string, args: HttpArguments): Promise<HttpResult>;
    }

    interface ClientOptions {
      accessKeyId: string;
      accessKeySecret: string;
      stsToken?: string;
      /** With any value set, ali-oss does not warn about a token without a refresher. */
      refreshSTSTokenInterval?: number;
      region: string;
      bucket: string;
      endpoint?: string;
      internal?: boolean;
      cname?: boolean;
      secure: boolean;
      authorizationV4: true;
      retryMax: 0;
      /** Milliseconds added to this machine's clock for the date that is signed. */
      amendTimeSkewed?: number;
      urllib: HttpClient;
    }

    interface CallOptions {
      headers?: Record<string, string>;
      subres?: Record<string, string | number>;
      mime?: string;
      meta?: Record<string, string>;
    }

    interface ListedPart {
      PartNumber: string;
      ETag: string;
      Size: string;
    }

    interface ListedEntry {
      name: string;
      lastModified: string;
      etag: string;
      size: number;
    }
  }

  class OSS {
    constructor(options: OSS.ClientOptions);
    put(name: string, body: Buffer, options: OSS.CallOptions): Promise<{ res: OSS.HttpResponse }>;
    head(name: string): Promise<{ res: OSS.HttpResponse; status: number }>;
    getStream(
      name: string,
      options: OSS.CallOptions,
    ): Promise<{
      /** The answer as the HTTP client gave it. */
      stream: IncomingMessage;
      res: { status: number; headers: import('node:http').IncomingHttpHeaders };
    }>;
    listV2(
      query: Record<string, string | number>,
      options: OSS.CallOptions,
    ): Promise<{
      res: OSS.HttpResponse;
      objects: OSS.ListedEntry[];
      prefixes: string[] | null;
      isTruncated: boolean;
      nextContinuationToken: string | null;
    }>;
    getBucketVersions(query: Record<string, string | number>): Promise<{
      res: OSS.HttpResponse;
      objects: { name: string; versionId: string; lastModified: string }[];
      deleteMarker: { name: string; versionId: string; lastModified: string }[];
      nextKeyMarker: string | null;
      nextVersionIdMarker: string | null;
      isTruncated: boolean;
    }>;
    delete(name: string): Promise<{ res: OSS.HttpResponse }>;
    deleteMulti(names: string[], options: { quiet: boolean }): Promise<{ res: OSS.HttpResponse }>;
    initMultipartUpload(name: string, options: OSS.CallOptions): Promise<{ uploadId: string }>;
    completeMultipartUpload(
      name: string,
      uploadId: string,
      parts: { number: number; etag: string }[],
      options: OSS.CallOptions,
    ): Promise<{ res: OSS.HttpResponse }>;
    abortMultipartUpload(name: string, uploadId: string): Promise<unknown>;
    /** `parts` is a bare object for exactly one, and `isTruncated` a string. */
    listParts(
      name: string,
      uploadId: string,
      query: Record<string, string | number>,
    ): Promise<{
      parts: OSS.ListedPart | OSS.ListedPart[];
      nextPartNumberMarker?: string;
      isTruncated: string;
    }>;
    getBucketInfo(bucket: string): Promise<{
      bucket: {
        Location?: string;
        Versioning?: string;
        ServerSideEncryptionRule?: { SSEAlgorithm?: string };
      };
    }>;
    getBucketVersioning(bucket: string): Promise<{ versionStatus?: string }>;
    getBucketWorm(bucket: string): Promise<{ state?: string; days?: string }>;
    listUploads(query: Record<string, string | number>): Promise<{
      res: OSS.HttpResponse;
      uploads: { name: string; uploadId: string; initiated: string }[];
      nextKeyMarker?: string;
      nextUploadIdMarker?: string;
      isTruncated: boolean;
    }>;
  }

  export = OSS;
}
