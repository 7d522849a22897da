import type { Operation } from '../dialects/dialect.ts';
import { translation } from '../dialects/index.ts';
import type { Provider } from './provider.ts';

/**
 * In which of its own operations a provider is asked for what a client wants: the same one where it serves that, else
 * the first in the order of its kind to which it can be translated.
 * @param model as the provider knows it
 * @returns undefined where nobody can
 */
export function operationFor(provider: Provider, wanted: Operation, model: string): Operation | undefined {
  const own = provider.operationsOf?.(model) ?? provider.operations;
  if (own.has(wanted)) return wanted;
  for (const operation of own) if (translation(wanted, operation) !== undefined) return operation;
  return undefined;
}

/** Can this operation be had from the provider, translated or not? */
export function serves(provider: Provider, operation: Operation, model: string): boolean {
  return operationFor(provider, operation, model) !== undefined;
}
