/** Every kind of provider. Settings, documentation and contract tests derive from this array. */
import { anthropic } from './anthropic.ts';
import { openai } from './openai.ts';
import { openaiCompatible } from './openai-compatible.ts';
import { simulated } from './simulated.ts';

export const KINDS = [openai, anthropic, openaiCompatible, simulated] as const;
