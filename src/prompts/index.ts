export type { HasPrompt, PromptUse } from './use.ts';
