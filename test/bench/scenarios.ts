/** What is measured: three requests, and the canned answers of the upstream that stands in for a provider. */

export interface Scenario {
  readonly name: string;
  readonly title: string;
  /** Bytes of the user's text. */
  readonly promptBytes: number;
  /** Whether no text is sent twice; else all are the same, as what conversations send again with every turn. */
  readonly fresh: boolean;
  readonly stream: boolean;
}

export const STREAM_EVENTS = 200;

export const SCENARIOS: readonly Scenario[] = [
  { name: 'small', title: 'one small answer', promptBytes: 60, fresh: false, stream: false },
  {
    name: 'prompt32k',
    title: 'one 32 kB prompt that was never sent before',
    promptBytes: 32 * 1024,
    fresh: true,
    stream: false,
  },
  {
    name: 'repeated32k',
    title: 'one 32 kB prompt, the same again and again',
    promptBytes: 32 * 1024,
    fresh: false,
    stream: false,
  },
  {
    name: 'stream200',
    title: `a ${STREAM_EVENTS}-event stream`,
    promptBytes: 60,
    fresh: false,
    stream: true,
  },
];

const SENTENCE =
  'The quarterly report describes how the northern region moved its warehouses, which suppliers changed, and why. ';

function prose(bytes: number): string {
  return SENTENCE.repeat(Math.ceil(bytes / SENTENCE.length)).slice(0, bytes);
}

/** Where the load writes another word into every request whose text must be new. */
export const STAMP = 'aaaaaaaa';

/** @param prompt name of the gateway's prompt to use in place of a plain model, where the system has one */
export function requestBody({ promptBytes, fresh, stream }: Scenario, model: string): string {
  return JSON.stringify({
    model,
    messages: [{ role: 'user', content: `${fresh ? `${STAMP} ` : ''}${prose(promptBytes)}` }],
    max_tokens: 256,
    ...(stream ? { stream: true, stream_options: { include_usage: true } } : {}),
  });
}

const WORDS = SENTENCE.trim().split(' ');

function chunk(delta: object, finish: string | null, usage?: object): string {
  const choices = usage ? [] : [{ index: 0, delta, logprobs: null, finish_reason: finish }];
  const event = {
    id: 'chatcmpl-bench',
    object: 'chat.completion.chunk',
    created: 1_700_000_000,
    model: 'bench-model',
    choices,
    ...(usage ? { usage } : {}),
  };
  return `data: ${JSON.stringify(event)}\n\n`;
}

const USAGE = { prompt_tokens: 20, completion_tokens: STREAM_EVENTS, total_tokens: 20 + STREAM_EVENTS };

/** The frames of a streamed answer; each is one write of the upstream. */
export const STREAM_FRAMES: readonly string[] = [
  ...Array.from({ length: STREAM_EVENTS - 2 }, (_, i) =>
    chunk({ content: `${WORDS[i % WORDS.length]} ` }, null),
  ),
  chunk({}, 'stop'),
  chunk({}, null, USAGE),
  'data: [DONE]\n\n',
];

export const WHOLE_ANSWER = JSON.stringify({
  id: 'chatcmpl-bench',
  object: 'chat.completion',
  created: 1_700_000_000,
  model: 'bench-model',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: prose(180), refusal: null },
      logprobs: null,
      finish_reason: 'stop',
    },
  ],
  usage: USAGE,
});
