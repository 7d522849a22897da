import type { Endpoint } from '../stage.ts';
import { chatCompletions } from './chat-completions.ts';
import { completions } from './completions.ts';
import { countTokens } from './count-tokens.ts';
import { embeddings } from './embeddings.ts';
import { messages } from './messages.ts';
import { moderations } from './moderations.ts';
import { responses } from './responses.ts';

/** Every inference endpoint; a new one is a file and a line here. */
export const ENDPOINTS: readonly Endpoint[] = [
  chatCompletions,
  completions,
  embeddings,
  responses,
  moderations,
  messages,
  countTokens,
];
