import { Fault } from '../core/fault.ts';
import type { JsonObject } from '../core/json.ts';
import { MessagesReader } from './anthropic-messages/read-answer.ts';
import { readMessagesRequest } from './anthropic-messages/read-request.ts';
import { MessageStream, writeMessage } from './anthropic-messages/write-answer.ts';
import { writeMessagesRequest } from './anthropic-messages/write-request.ts';
import { ConverseReader } from './bedrock-converse/read-answer.ts';
import { writeConverseRequest } from './bedrock-converse/write-request.ts';
import type { AnswerReader, AnswerSink, StreamWriter } from './canonical/answer.ts';
import { TARGETS, type Target } from './canonical/features.ts';
import { Relay } from './canonical/relay.ts';
import type { CanonicalRequest } from './canonical/request.ts';
import { Segments, type SegmentWriter } from './canonical/segments.ts';
import { Trail } from './canonical/trail.ts';
import { WholeAnswer } from './canonical/whole.ts';
import { beginWriting, type Writing } from './canonical/writing.ts';
import { CohereReader } from './cohere-chat/read-answer.ts';
import { writeCohereRequest } from './cohere-chat/write-request.ts';
import { COUNTING_CLIENTS, COUNTING_PROVIDERS, openCount } from './count-tokens.ts';
import type { Operation } from './dialect.ts';
import { readObject } from './fields.ts';
import { GeminiReader } from './gemini/read-answer.ts';
import { readGeminiRequest } from './gemini/read-request.ts';
import { openGeminiEmbed, openGeminiEmbeddings } from './gemini/translate-embeddings.ts';
import { GeminiStream, writeGeminiAnswer } from './gemini/write-answer.ts';
import { writeGeminiRequest } from './gemini/write-request.ts';
import { OllamaReader } from './ollama-chat/read-answer.ts';
import { writeOllamaRequest } from './ollama-chat/write-request.ts';
import { ChatReader } from './openai-chat/read-answer.ts';
import { readChatRequest } from './openai-chat/read-request.ts';
import { ChatStream, writeChatCompletion } from './openai-chat/write-answer.ts';
import { writeChatRequest } from './openai-chat/write-request.ts';
import { EMBEDDING_FORMATS, openEmbeddings } from './openai-embeddings/translate.ts';
import { ResponsesReader } from './openai-responses/read-answer.ts';
import { readResponsesRequest } from './openai-responses/read-request.ts';
import { ResponseStream, writeResponse } from './openai-responses/write-answer.ts';
import { writeResponsesRequest } from './openai-responses/write-request.ts';
import type { StreamTranslation, TranslatedCall, Translation, TranslationTarget } from './translation.ts';

/** What a client's dialect brings along: how its requests are read and answers to it written. */
interface ClientSide {
  readonly request: (body: JsonObject, trail: Trail) => CanonicalRequest;
  readonly whole: (answer: WholeAnswer, target: TranslationTarget, asked: JsonObject) => JsonObject;
  readonly stream: (target: TranslationTarget, asked: JsonObject) => StreamWriter;
}

/** What a provider's dialect brings along: how requests to it are written and its answers read. */
interface ProviderSide {
  readonly request: (request: CanonicalRequest, writing: Writing) => JsonObject;
  readonly answer: (sink: AnswerSink, request: CanonicalRequest, target: TranslationTarget) => AnswerReader;
}

/** A writer of blocks as a writer of streams. */
function inRow<Writer extends SegmentWriter & Pick<StreamWriter, 'drain'>>(writer: Writer): StreamWriter {
  const segments: Partial<StreamWriter> & Segments = new Segments(writer);
  return Object.assign(segments, { drain: () => writer.drain() });
}

const CLIENTS: Partial<Record<Operation, ClientSide>> = {
  chat: {
    request: readChatRequest,
    whole: writeChatCompletion,
    stream: (target, asked) =>
      new ChatStream(target, readObject(asked.stream_options)?.include_usage === true),
  },
  responses: {
    request: readResponsesRequest,
    whole: writeResponse,
    stream: (target, asked) => inRow(new ResponseStream(target, asked)),
  },
  gemini: {
    request: readGeminiRequest,
    whole: writeGeminiAnswer,
    stream: (target) => new GeminiStream(target),
  },
  messages: {
    request: readMessagesRequest,
    whole: writeMessage,
    stream: (target) => inRow(new MessageStream(target)),
  },
};

const PROVIDERS: Readonly<Record<Target, ProviderSide>> = {
  chat: {
    request: writeChatRequest,
    answer: (sink, request) => new ChatReader(sink, request.choices ?? 1),
  },
  responses: {
    request: writeResponsesRequest,
    answer: (sink) => new ResponsesReader(sink),
  },
  messages: {
    request: writeMessagesRequest,
    answer: (sink) => new MessagesReader(sink),
  },
  gemini: {
    request: writeGeminiRequest,
    answer: (sink, request, target) => new GeminiReader(sink, request.choices ?? 1, target.id),
  },
  converse: {
    request: writeConverseRequest,
    answer: (sink) => new ConverseReader(sink),
  },
  cohere_chat: {
    request: writeCohereRequest,
    answer: (sink) => new CohereReader(sink),
  },
  ollama_chat: {
    request: writeOllamaRequest,
    answer: (sink) => new OllamaReader(sink),
  },
};

function opening(client: ClientSide, provider: ProviderSide, to: Target): Translation['open'] {
  return (asked, target): TranslatedCall => {
    const trail = new Trail(to);
    const request = client.request(asked, trail);
    request.stream ||= target.stream === true;
    const writing = beginWriting(target, trail);
    const body = provider.request(request, writing);
    return {
      body,
      dropped: trail.dropped,
      answer(given) {
        const answer = new WholeAnswer();
        const relay = new Relay(answer, writing);
        const reader = provider.answer(relay, request, target);
        reader.whole(given);
        if (!reader.complete()) throw noAnswer();
        return { body: client.whole(answer, target, asked), usage: relay.used };
      },
      stream() {
        const writer = client.stream(target, asked);
        const relay = new Relay(writer, writing);
        return streaming(provider.answer(relay, request, target), relay, writer);
      },
    };
  };
}

/** An error under status 200, or something else entirely. */
function noAnswer(): Fault {
  return new Fault('provider_error', 'The provider answered with something that is no answer.');
}

function streaming(reader: AnswerReader, relay: Relay, writer: StreamWriter): StreamTranslation {
  return {
    event(event) {
      reader.event(event);
      return writer.drain();
    },
    end() {
      relay.end();
      return writer.drain();
    },
    complete: () => reader.complete(),
    usage: () => relay.used,
  };
}

function build(): Map<string, Translation> {
  const built = new Map<string, Translation>();
  for (const [from, client] of Object.entries(CLIENTS)) {
    for (const to of TARGETS) {
      const provider = PROVIDERS[to];
      if (from === to) continue;
      built.set(`${from} ${to}`, { from: from as Operation, to, open: opening(client, provider, to) });
    }
  }
  for (const to of EMBEDDING_FORMATS) {
    const open: Translation['open'] = (body, target) => openEmbeddings(to, body, target);
    built.set(`embeddings ${to}`, { from: 'embeddings', to, open });
  }
  for (const from of COUNTING_CLIENTS) {
    for (const to of COUNTING_PROVIDERS) {
      if (from === to) continue;
      const open: Translation['open'] = (body, target) => openCount(from, to, body, target);
      built.set(`${from} ${to}`, { from, to, open });
    }
  }
  built.set('gemini_embeddings embeddings', {
    from: 'gemini_embeddings',
    to: 'embeddings',
    open: openGeminiEmbeddings,
  });
  built.set('gemini_embed embeddings', { from: 'gemini_embed', to: 'embeddings', open: openGeminiEmbed });
  return built;
}

const BUILT = build();

/** How requests of one operation are put to providers of another; undefined where nobody can. */
export function translation(from: Operation, to: Operation): Translation | undefined {
  return BUILT.get(`${from} ${to}`);
}
