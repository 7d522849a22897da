import { Fault } from '../../core/fault.ts';
import { anthropicMessages, type Dialect, openAiChat } from '../../dialects/index.ts';
import type { HasPrincipal, Principal } from '../../identity/index.ts';
import type { ModelDetails } from '../../routing/index.ts';
import type { Answer, Endpoint, Stage } from '../stage.ts';

/** A model or prompt that a caller may name. */
export interface ListedModel {
  readonly id: string;
  readonly ownedBy: string;
  /** Epoch seconds; 0 where nobody knows. */
  readonly createdAt: number;
  /** Undefined for what is no model of a provider. */
  readonly details?: ModelDetails;
}

export const MODELS_PATH = '/v1/models';

/** Both SDKs ask the same path; Anthropic's names its version. */
export function modelsEndpoint(anthropic: boolean): Endpoint {
  const dialect: Dialect = anthropic ? anthropicMessages : openAiChat;
  return { method: 'GET', path: MODELS_PATH, operation: 'models', dialect };
}

/**
 * Answers with the models of the caller, in a form that OpenAI's and Anthropic's clients both read.
 * @param id one model, or undefined for the list
 */
export function listModels(
  modelsOf: (principal: Principal) => readonly ListedModel[],
  id: string | undefined,
): Stage<HasPrincipal> {
  return {
    name: 'list-models',
    enter: (x) => {
      const models = modelsOf(x.principal).map(wireModel);
      if (id === undefined) {
        const list = {
          object: 'list',
          data: models,
          has_more: false,
          first_id: models[0]?.id ?? null,
          last_id: models.at(-1)?.id ?? null,
        };
        x.answer = jsonAnswer(list);
        return;
      }
      const model = models.find((candidate) => candidate.id === id);
      if (!model)
        throw new Fault(
          'model_not_found',
          `No model ${JSON.stringify(id.slice(0, 200))} is available to this key; GET ${MODELS_PATH} lists those that are.`,
        );
      x.answer = jsonAnswer(model);
    },
  };
}

/** OpenAI's and Anthropic's members, then ours. */
function wireModel({ id, ownedBy, createdAt, details }: ListedModel) {
  return {
    id,
    object: 'model',
    created: createdAt,
    owned_by: ownedBy,
    type: 'model',
    display_name: id,
    created_at: new Date(createdAt * 1000).toISOString(),
    ...details,
  };
}

function jsonAnswer(value: unknown): Answer {
  const bytes = Buffer.from(JSON.stringify(value));
  return {
    status: 200,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    stream: false,
    usageInjected: false,
    source: {
      pipe: (sink) => {
        sink.data(bytes);
        sink.end();
      },
      resume: () => undefined,
      cancel: () => undefined,
    },
  };
}
