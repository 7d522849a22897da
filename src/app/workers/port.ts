/**
 * How workers share a port. Linux gives each a queue of its own (SO_REUSEPORT) and spreads connections over them; a
 * killed worker costs those that it had accepted and no others. Node's own way, where the primary accepts and passes
 * connections on, leaves the ones on their way to a dying worker open for ever (seen with Node 24). Elsewhere the
 * workers accept from one common queue.
 */
import { once } from 'node:events';
import { createServer } from 'node:net';

export const SHARES_PORTS = process.platform === 'linux';

/**
 * Looks whether the port is free, since a port that is shared would let in a second gateway as well, and chooses one
 * where none is set. @throws Error of `listen`, as a single process would
 */
export async function claimPort({
  host,
  port,
}: {
  readonly host: string;
  readonly port: number;
}): Promise<number> {
  const server = createServer().listen({ host, port });
  await once(server, 'listening');
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : port;
}
