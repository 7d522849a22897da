export { openPromptRegistry, type PromptRegistry } from './registry.ts';
export type { HasPrompt, PromptUse } from './use.ts';
