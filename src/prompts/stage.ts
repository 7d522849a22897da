import { Fault } from '../core/fault.ts';
import type { JsonObject } from '../core/json.ts';
import type { Described, Dialect } from '../dialects/dialect.ts';
import type { HasCall, Stage } from '../gateway/stage.ts';
import type { HasPrincipal } from '../identity/index.ts';
import { addTools, prependMessages } from './apply.ts';
import { type PromptReference, takeReference } from './reference.ts';
import type { PromptRegistry } from './registry.ts';
import { CAP_NAMES, type Template } from './template.ts';
import type { HasPrompt } from './use.ts';

export interface PromptDeps {
  readonly registry: Pick<PromptRegistry, 'resolve'>;
}

/** Turns a reference into the messages, parameters and tools of one version; without one, does nothing. */
export function resolvePrompt({ registry }: PromptDeps): Stage<HasPrincipal & HasCall, HasPrompt> {
  return {
    name: 'resolve-prompt',
    enter: (x) => {
      const { operation, dialect } = x.endpoint;
      const { call } = x;
      const reference = takeReference(call.body, headerOf(x.headers['x-sluice-prompt']), operation);
      if (reference === undefined) {
        x.prompt = undefined;
        return;
      }
      const { prompt, version, label, compiled } = registry.resolve(x.principal, reference);
      const { template } = compiled;
      const messages = compiled.render(reference.variables, reference.variablesParam);
      const { outputCapTokens, tools } = call.described;

      prependMessages(call.body, messages, operation);
      if (template.tools !== undefined) {
        addTools(call.body, template.tools, operation, tools, template.locked.includes('tools'));
      }
      setModel(call.body, template, reference, dialect);
      setParameters(call.body, template, outputCapTokens, dialect);
      call.change(dialect.describe(call.body));
      x.prompt = { name: prompt.name, version: version.version, label };
      x.answerHeaders['x-sluice-prompt'] =
        `${prompt.name}@${version.version}${label === undefined ? '' : `; label=${label}`}`;
    },
  };
}

function headerOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(',') : value;
}

function setModel(
  body: JsonObject,
  { model, locked }: Template,
  { asModel, name, param }: PromptReference,
  dialect: Dialect,
): void {
  if (!asModel && !locked.includes('model')) return;
  if (model === undefined) {
    throw new Fault(
      'prompt_invalid',
      `This version of the prompt "${name}" names no model; send a model, and the prompt as prompt_id.`,
      { param },
    );
  }
  dialect.setModel(body, model);
}

function setParameters(
  body: JsonObject,
  { parameters, locked }: Template,
  callersCap: Described['outputCapTokens'],
  dialect: Dialect,
): void {
  for (const [name, value] of Object.entries(parameters)) {
    const isLocked = locked.includes(name);
    if (CAP_NAMES.includes(name)) {
      if (typeof value === 'number' && (isLocked || callersCap === undefined))
        dialect.setOutputCap(body, value);
    } else if (isLocked || body[name] === undefined) {
      // later stages write into the body: the version itself must stay as it is
      body[name] = structuredClone(value);
    }
  }
}
