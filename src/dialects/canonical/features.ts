/** What a request may ask for, and what becomes of it in each dialect. `docs/dialects.md` is held equal to this. */

/** Dialects that a provider may speak. */
export const TARGETS = [
  'chat',
  'responses',
  'messages',
  'gemini',
  'converse',
  'cohere_chat',
  'ollama_chat',
] as const;
export type Target = (typeof TARGETS)[number];

/**
 * - `carried`: said in the words of the other dialect.
 * - `adapted`: said in another way, which the note describes; named in `x-sluice-dropped` where something is lost.
 * - `dropped`: left out and named in `x-sluice-dropped`.
 * - `refused`: 400, because an answer without it would be an answer to something else.
 */
export type Verdict = 'carried' | 'adapted' | 'dropped' | 'refused';

interface Feature {
  readonly title: string;
  /** In the order of `TARGETS`: c, a, d, r. */
  readonly verdicts: string;
  readonly note?: string;
}

export const FEATURES = {
  system: { title: 'System text', verdicts: 'ccccccc', note: 'Several become one, in their order.' },
  system_later: {
    title: 'System text after the first turn',
    verdicts: 'ccaaacc',
    note: 'Moved to the front.',
  },
  speaker: { title: 'Names of speakers (`messages[].name`)', verdicts: 'cdddddd' },
  image_inline: { title: 'Image, inline', verdicts: 'ccccccc' },
  image_url: {
    title: 'Image by URL',
    verdicts: 'ccccrcr',
    note: 'The gateway fetches nothing. Converse takes `s3://` URLs only, Ollama none. Gemini is told the type by the ending.',
  },
  image_detail: { title: 'Resolution of an image (`detail`)', verdicts: 'ccdddcd' },
  file_inline: { title: 'File (PDF), inline', verdicts: 'cccccrr' },
  file_url: { title: 'File by URL', verdicts: 'rcccrrr' },
  file_text: {
    title: 'Plain-text document',
    verdicts: 'aacccaa',
    note: "OpenAI, Cohere and Ollama get it as a text part, under its title's line.",
  },
  file_id: {
    title: 'File by id',
    verdicts: 'rrrrrrr',
    note: "An id means nothing to another provider. Send the file's content.",
  },
  audio: { title: 'Audio, inline', verdicts: 'crrcrrr' },
  video: { title: 'Video, inline or by URL', verdicts: 'rrrcrrr' },
  cache_hint: {
    title: 'Prompt caching hints (`cache_control`, `cachePoint`)',
    verdicts: 'ddcdcdd',
    note: 'On system text, messages, tools and results; the life (5m, 1h) is kept. Others cache by themselves. OpenRouter gets them in chat, too.',
  },
  tools: {
    title: 'Tools (functions)',
    verdicts: 'ccccccc',
    note: 'The whole schema. Names that a dialect does not allow are replaced and put back in the answer.',
  },
  tool_strict: {
    title: 'Strict tools (`strict`)',
    verdicts: 'cccddad',
    note: 'Cohere: all of them where one is.',
  },
  custom_tool: { title: 'Custom (free text) tools', verdicts: 'ccrrrrr' },
  provider_tool: {
    title: 'Tools that a provider runs itself (web search, code, files, computers, MCP)',
    verdicts: 'rrrrrrr',
  },
  tool_choice: {
    title: 'Tool choice: auto, required, one tool',
    verdicts: 'cccccad',
    note: 'Claude that thinks may not be forced: then it is left out and named. Cohere: the one tool is the only one offered.',
  },
  tool_choice_none: {
    title: 'Tool choice: none',
    verdicts: 'ccccaca',
    note: 'Converse: the tools are left out, unless the conversation already holds calls. Ollama: always.',
  },
  tool_choice_allowed: { title: 'Tool choice among some tools', verdicts: 'ccdcddd' },
  serial_tools: { title: 'One tool at a time', verdicts: 'cccdddd' },
  tool_result: { title: 'Tool calls and results in the conversation', verdicts: 'ccccccc' },
  tool_error: { title: 'A tool result that is an error', verdicts: 'ddcccdd' },
  tool_media: {
    title: 'Images and files in tool results',
    verdicts: 'accacaa',
    note: 'Chat, Gemini, Cohere and Ollama get them in the user turn that follows.',
  },
  json_object: { title: 'JSON output without a schema', verdicts: 'ccdcdcc' },
  json_schema: {
    title: 'JSON output by schema',
    verdicts: 'ccccccc',
    note: 'Claude models before 4.5 get a tool that they must call; its arguments become the text of the answer.',
  },
  stop: {
    title: 'Stop sequences',
    verdicts: 'cdccccc',
    note: 'OpenAI takes four, its reasoning models none, Gemini and Cohere five; more are dropped.',
  },
  max_tokens: {
    title: 'Cap on output tokens',
    verdicts: 'ccccccc',
    note: 'Where Anthropic must have one and the client gave none, the largest of the model.',
  },
  temperature: {
    title: 'Temperature',
    verdicts: 'ccccccc',
    note: 'Above the range of the other side (Claude, Cohere: 1) it is clamped and named; dropped for models that take none, and for Claude that thinks.',
  },
  top_p: { title: '`top_p`', verdicts: 'ccccccc', note: 'Dropped where temperature is.' },
  top_k: { title: '`top_k`', verdicts: 'ddccccc', note: 'Converse: for Claude only.' },
  frequency_penalty: {
    title: 'Frequency penalty',
    verdicts: 'cddcdcc',
    note: "OpenAI's reasoning models take neither penalties nor log probabilities nor biases.",
  },
  presence_penalty: { title: 'Presence penalty', verdicts: 'cddcdcc' },
  seed: { title: 'Seed', verdicts: 'cddcdcc' },
  choices: { title: 'Several answers (`n`)', verdicts: 'crrcrrr', note: '`n: 1` asks for nothing.' },
  logprobs: { title: 'Log probabilities', verdicts: 'ccdcddd' },
  logit_bias: { title: '`logit_bias`', verdicts: 'cdddddd' },
  reasoning: {
    title: 'Reasoning: effort, budget, off',
    verdicts: 'ccccccc',
    note: 'See below. Dropped for models that cannot do it; Converse: for Claude and Nova 2.',
  },
  thought_own: {
    title: "Reasoning in the conversation, signed by the target's own vendor",
    verdicts: 'acccccc',
    note: 'Chat has no place for it but `reasoning_details`, which OpenRouter gets.',
  },
  thought_other: {
    title: 'Reasoning in the conversation, unsigned or signed by another vendor',
    verdicts: 'dddddcc',
    note: 'DeepSeek and others with `reasoning_content` get the text in chat.',
  },
  user: { title: 'End user (`user`, `safety_identifier`, `metadata.user_id`)', verdicts: 'cccdddd' },
  openai_only: {
    title:
      '`metadata`, `service_tier`, `store`, `verbosity`, `prompt_cache_key`, `prompt_cache_retention`, `moderation`',
    verdicts: 'ccddddd',
  },
  prediction: { title: 'Predicted output', verdicts: 'cdddddd' },
  audio_out: {
    title: 'Answers as audio or images',
    verdicts: 'crrrrrr',
    note: "Gemini's clients are refused everywhere else.",
  },
  stored_state: {
    title:
      'State at the provider (`previous_response_id`, `conversation`, `background`, `container`, `cachedContent`)',
    verdicts: 'rrrrrrr',
  },
  unknown: {
    title: 'Any other field',
    verdicts: 'ddddddd',
    note: 'Fields that nobody here knows ride along only where both sides speak the same dialect.',
  },
} as const satisfies Record<string, Feature>;

export type FeatureId = keyof typeof FEATURES;

const WORDS: Readonly<Record<string, Verdict>> = { c: 'carried', a: 'adapted', d: 'dropped', r: 'refused' };

function verdictsOf(letters: string): Readonly<Record<Target, Verdict>> {
  const entries = TARGETS.map((target, index) => [target, WORDS[letters[index] ?? ''] ?? 'refused']);
  return Object.fromEntries(entries);
}

/** Every feature's verdict by target. */
export const VERDICTS: Readonly<Record<FeatureId, Readonly<Record<Target, Verdict>>>> = Object.fromEntries(
  Object.entries(FEATURES).map(([id, { verdicts }]) => [id, verdictsOf(verdicts)]),
) as Record<FeatureId, Record<Target, Verdict>>;
