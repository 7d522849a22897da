/** A TCP tunnel to a server, to take the server away from who reaches it through here. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface Tunnel {
  readonly port: number;
  /** Connections stay, and nothing passes: a frozen machine, a lost packet. */
  freeze(): void;
  /** Connections end, and new ones are refused: a killed server. */
  cut(): Promise<void>;
  /** Passes what waits, and takes connections again. */
  restore(): Promise<void>;
}

/** @param target where it leads; it ends with the test */
export async function openTunnel(
  t: { teardown(close: () => Promise<void>): void },
  target: { readonly host: string; readonly port: number },
): Promise<Tunnel> {
  const sockets = new Set<Socket>();
  let frozen = false;
  const server = createServer((near) => {
    const far = connect(target.port, target.host);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('error', () => undefined);
      from.once('close', () => {
        sockets.delete(from);
        to.destroy();
      });
      from.on('data', (bytes) => to.write(bytes));
      if (frozen) from.pause();
    }
  });
  const listen = async (port: number): Promise<void> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  await listen(0);
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const cut = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  t.teardown(cut);
  return {
    port,
    cut,
    freeze() {
      frozen = true;
      for (const socket of sockets) socket.pause();
    },
    async restore() {
      frozen = false;
      for (const socket of sockets) socket.resume();
      if (!server.listening) await listen(port);
    },
  };
}
