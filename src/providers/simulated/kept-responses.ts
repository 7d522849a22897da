/** The responses that the simulator keeps, as providers do unless `store` is false: in memory, the latest ones. */
import { uuidv7 } from '../../core/ids.ts';
import type { JsonObject } from '../../core/json.ts';
import type { StoredCall } from '../../gateway/stage.ts';
import type { Reply } from './reply.ts';
import { responseAnswer } from './responses.ts';
import type { Script } from './script.ts';

const CAPACITY = 1_000;

type KeptResponse = ReturnType<typeof responseAnswer>;

export class KeptResponses {
  /** By id, eldest first. */
  readonly #kept = new Map<string, KeptResponse>();

  /** The response to a body, which is kept unless the body says otherwise. */
  keep(reply: Reply, body: JsonObject): KeptResponse {
    if (body.store === false) return responseAnswer(reply, body, `resp_sim${reply.id}`);
    // The same request has the same answer, but what is deleted is one response and not its twin.
    const id = `resp_sim${uuidv7(reply.createdAt * 1000).replaceAll('-', '')}`;
    const response = responseAnswer(reply, body, id);
    this.#kept.set(id, response);
    const [eldest] = this.#kept.keys();
    if (this.#kept.size > CAPACITY && eldest !== undefined) this.#kept.delete(eldest);
    return response;
  }

  has(id: string): boolean {
    return this.#kept.has(id);
  }

  serve({ method, id }: StoredCall): Script {
    const response = this.#kept.get(id);
    if (response === undefined) return noSuchResponse(id);
    if (method === 'GET') return json(200, response);
    this.#kept.delete(id);
    return json(200, { id, object: 'response', deleted: true });
  }
}

export function noSuchResponse(id: string): Script {
  const message = `Response with id '${id}' not found.`;
  return json(404, { error: { message, type: 'invalid_request_error', param: null, code: null } });
}

function json(status: number, body: unknown): Script {
  const headers = { 'content-type': 'application/json' };
  return { status, headers, chunks: [JSON.stringify(body)], stops: 'ended', pace: undefined };
}
