/** What a model can do, as far as anybody knows: a guess must never keep a request from a model that can serve it. */
import { calcPrice } from '@pydantic/genai-prices';
import { namePatterns } from '../core/pattern.ts';
import { FAMILIES } from './capability-data.ts';

/** Undefined members are not known. */
export interface Capabilities {
  readonly contextTokens: number | undefined;
  readonly vision: boolean | undefined;
  readonly tools: boolean | undefined;
}

const families = FAMILIES.map((family) => ({ ...family, matches: namePatterns([family.pattern]) }));

/** @param kind the provider's kind, which for most vendors is also their name in the bundled data */
export function knownCapabilities(kind: string, model: string): Capabilities {
  const name = model.slice(model.lastIndexOf('/') + 1);
  const family = families.find(({ matches }) => matches(name));
  return {
    contextTokens: bundledContext(kind, model) ?? family?.contextTokens,
    vision: family?.vision,
    tools: family?.tools,
  };
}

function bundledContext(kind: string, model: string): number | undefined {
  return calcPrice({}, model, { providerId: kind })?.model.context_window;
}

/** What a request needs of a model. */
export interface Needs {
  /** About; the provider counts exactly. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly images: boolean;
  readonly tools: boolean;
}

/** True unless something that the request needs is known to be missing. */
export function suffices(capabilities: Capabilities, needs: Needs): boolean {
  const { contextTokens, vision, tools } = capabilities;
  if (contextTokens !== undefined && needs.inputTokens + needs.outputTokens > contextTokens) return false;
  if (needs.images && vision === false) return false;
  return !(needs.tools && tools === false);
}
