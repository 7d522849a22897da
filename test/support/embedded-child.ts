/** Starts the embedded PostgreSQL of a folder, prints its URL, and stops it when told `stop`. */
import { startEmbeddedPostgres } from '../../src/storage/embedded.ts';
import { silent } from './database.ts';

const server = await startEmbeddedPostgres({ dataDir: process.argv[2] ?? '', log: silent });
process.stdout.write(`${server.url}\n`);
for await (const _ of process.stdin) {
  await server.stop();
  break;
}
process.exit();
