/** The provider of the benchmark: raw sockets and canned bytes, so that it costs as little as can be. */
import { createServer, type Socket } from 'node:net';
import { STREAM_FRAMES, WHOLE_ANSWER } from './scenarios.ts';

const whole = Buffer.from(
  `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(WHOLE_ANSWER)}\r\n\r\n${WHOLE_ANSWER}`,
);
const streamHead = Buffer.from(
  'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ntransfer-encoding: chunked\r\n\r\n',
);
const frames = STREAM_FRAMES.map((frame) =>
  Buffer.from(`${Buffer.byteLength(frame).toString(16)}\r\n${frame}\r\n`),
);
const last = Buffer.from('0\r\n\r\n');
/** Frames of one stream that are written at once before others get their turn; a provider's packets look alike. */
const FRAMES_PER_TURN = 4;

/** Reads one request after the other: the head to its blank line, then `content-length` bytes. */
function serve(socket: Socket): void {
  let head = '';
  let missing = -1;
  let stream = false;
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('data', (data) => {
    let rest = data;
    if (missing < 0) {
      head += rest.toString('latin1');
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return;
      const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
      rest = Buffer.from(head.slice(end + 4), 'latin1');
      missing = Number(length ?? 0);
      stream = false;
    }
    if (rest.includes('"stream":true')) stream = true;
    missing -= rest.length;
    if (missing > 0) return;
    head = '';
    missing = -1;
    if (stream) streamAnswer(socket);
    else socket.write(whole);
  });
}

function streamAnswer(socket: Socket): void {
  let next = 0;
  socket.write(streamHead);
  const turn = (): void => {
    if (socket.destroyed) return;
    for (let i = 0; i < FRAMES_PER_TURN && next < frames.length; i++) socket.write(frames[next++] as Buffer);
    if (next < frames.length) setImmediate(turn);
    else socket.write(last);
  };
  turn();
}

const server = createServer(serve);
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address) process.send?.({ port: address.port });
});
process.on('disconnect', () => process.exit(0));
