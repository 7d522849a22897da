import { anthropicCountTokens, anthropicMessages } from './anthropic-messages/index.ts';
import { geminiCountTokens } from './gemini/count-tokens.ts';
import { geminiEmbed, geminiEmbeddings } from './gemini/embeddings.ts';
import { geminiGenerate } from './gemini/index.ts';
import { openAiChat } from './openai-chat/index.ts';
import { openAiCompletions } from './openai-completions/index.ts';
import { openAiEmbeddings } from './openai-embeddings/index.ts';
import { openAiModerations } from './openai-moderations/index.ts';
import { openAiResponses } from './openai-responses/index.ts';

export { bridge } from './bridge.ts';
export {
  COUNTS_TOKENS,
  type Described,
  type Dialect,
  OPERATIONS,
  type Operation,
  type StreamDialect,
  type StreamPiece,
  type TextPiece,
} from './dialect.ts';
export {
  droppedHeader,
  type Mender,
  type MendFacts,
  type VendorWords,
} from './forms/mender.ts';
export { Skeletons } from './forms/skeletons.ts';
export { SseFrame, SseSplitter } from './framing/sse.ts';
export { type ProviderError, readProviderError } from './provider-error.ts';
export { type RequestedService, requestedService } from './service-tier.ts';
export type {
  StreamTranslation,
  TranslatedAnswer,
  TranslatedCall,
  Translation,
  TranslationTarget,
} from './translation.ts';
export { translation } from './translations.ts';
export {
  anthropicCountTokens,
  anthropicMessages,
  geminiCountTokens,
  geminiEmbed,
  geminiEmbeddings,
  geminiGenerate,
  openAiChat,
  openAiCompletions,
  openAiEmbeddings,
  openAiModerations,
  openAiResponses,
};

/** Every wire format: a new one is a folder and a line here. */
export const DIALECTS = [
  openAiChat,
  openAiCompletions,
  openAiEmbeddings,
  openAiResponses,
  openAiModerations,
  anthropicMessages,
  anthropicCountTokens,
  geminiGenerate('', false),
  geminiCountTokens(''),
  geminiEmbed(''),
  geminiEmbeddings(''),
] as const;
