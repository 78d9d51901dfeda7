import { startOssServer } from '../../../local/oss/server';

// Serves one bucket from the folder of the first argument until it is killed, and says where on the first line.
async function serve(directory: string): Promise<void> {
  const server = await startOssServer({
    directory,
    credentials: [{ accessKeyId: 'foreign-id', accessKeySecret: 'foreign-secret' }],
    buckets: [{ name: 'foreign' }, { name: 'versioned', versioning: 'Enabled' }],
    allowV1: true,
  });
  process.stdout.write(`${server.port}\n`);
}

void serve(process.argv[2]!);
