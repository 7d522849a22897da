/**
 * The way back: from the upstream's bytes to the client's. A non-streamed answer is a stream of one. Whatever
 * could be the last byte is kept until the request has settled, so that its record is in the journal first.
 */
import { asFault } from '../core/fault.ts';
import type { Delivered, Delivery, DeliverySink } from './delivery.ts';
import { StreamDelivery } from './stream-delivery.ts';
import { WholeDelivery } from './whole-delivery.ts';

/** Delivers all of the answer but its end. Never throws: what goes wrong is in the ending. */
export function deliver(delivery: Delivery): Promise<Delivered> {
  return new Promise((resolve) => {
    const sink = delivery.answer.stream
      ? new StreamDelivery(delivery, resolve)
      : new WholeDelivery(delivery, resolve);
    watchClient(delivery, sink);
    delivery.answer.source.pipe(sink);
  });
}

function watchClient({ client, onDisconnect, answer }: Delivery, sink: DeliverySink): void {
  const interrupted = (): void => {
    const fault = asFault(client.signal.reason);
    const left = fault.code === 'client_closed_request';
    if (!left || onDisconnect === 'cancel') answer.source.cancel(fault);
    if (left) sink.abandon(fault);
    else sink.fail(fault);
  };
  if (client.signal.aborted) interrupted();
  else client.signal.addEventListener('abort', interrupted, { once: true });
}
