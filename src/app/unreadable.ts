/** What is said to a connection on which no request can be read: there is no path yet, so in OpenAI's dialect. */
import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { Fault } from '../core/fault.ts';
import { openAiChat } from '../dialects/index.ts';

/** The answer under way on a connection, which Node keeps there. */
type Busy = Socket & { readonly _httpMessage?: ServerResponse | null };

/** Answers, where nothing else is being said on the connection, and closes it. */
export function refuseUnreadable(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const answering = (socket as Busy)._httpMessage?.headersSent === true;
  if (socket.writable && !answering) socket.write(answerTo(error.code));
  socket.destroy();
}

function answerTo(code: string | undefined): string {
  const fault = faultOf(code);
  const body = JSON.stringify(openAiChat.faultBody(fault, ''));
  return [
    `HTTP/1.1 ${fault.status} ${STATUS_CODES[fault.status]}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
    '',
    body,
  ].join('\r\n');
}

function faultOf(code: string | undefined): Fault {
  if (code === 'HPE_HEADER_OVERFLOW')
    return new Fault(
      'invalid_request',
      'The path and headers of the request are larger than 16 kB together.',
      {
        status: 431,
      },
    );
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return new Fault('invalid_request', 'The request did not arrive in time.', { status: 408 });
  return new Fault('invalid_request', 'The connection does not carry a valid HTTP/1.1 request.');
}
