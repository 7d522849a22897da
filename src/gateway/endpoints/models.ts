import { Fault } from '../../core/fault.ts';
import { anthropicMessages, type Dialect, geminiGenerate, openAiChat } from '../../dialects/index.ts';
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
export const GEMINI_MODELS_PATH = '/v1beta/models';

/** How models are listed for one vendor's clients. */
export interface Listing {
  readonly dialect: Dialect;
  readonly model: (model: ListedModel) => object;
  readonly list: (models: readonly ListedModel[]) => object;
}

/** A form that OpenAI's and Anthropic's clients both read, and Google's own. */
const shared = { model: wireModel, list: wireList };
export const LISTINGS = {
  openAi: { ...shared, dialect: openAiChat },
  anthropic: { ...shared, dialect: anthropicMessages },
  google: {
    model: googleModel,
    list: (models) => ({ models: models.map(googleModel) }),
    dialect: geminiGenerate('', false),
  },
} as const satisfies Record<string, Listing>;

export function modelsEndpoint(path: string, { dialect }: Listing): Endpoint {
  return { method: 'GET', path, operation: 'models', dialect };
}

/** As the lists of what is served have it. */
export const MODELS_ENDPOINT = modelsEndpoint(MODELS_PATH, LISTINGS.openAi);

/**
 * Answers with the models of the caller.
 * @param id one model, or undefined for the list
 */
export function listModels(
  modelsOf: (principal: Principal) => readonly ListedModel[],
  { model, list }: Listing,
  id: string | undefined,
): Stage<HasPrincipal> {
  return {
    name: 'list-models',
    enter: (x) => {
      const models = modelsOf(x.principal);
      if (id === undefined) {
        x.answer = jsonAnswer(list(models));
        return;
      }
      const found = models.find((candidate) => candidate.id === id);
      if (!found)
        throw new Fault(
          'model_not_found',
          `No model ${JSON.stringify(id.slice(0, 200))} is available to this key; GET ${x.endpoint.path} lists those that are.`,
        );
      x.answer = jsonAnswer(model(found));
    },
  };
}

function wireList(models: readonly ListedModel[]): object {
  return {
    object: 'list',
    data: models.map(wireModel),
    has_more: false,
    first_id: models[0]?.id ?? null,
    last_id: models.at(-1)?.id ?? null,
  };
}

/** OpenAI's and Anthropic's members, then ours. */
function wireModel({ id, ownedBy, createdAt, details }: ListedModel): object {
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

/** Google's members, then ours. */
function googleModel({ id, details }: ListedModel): object {
  const limit = details?.context_length ?? undefined;
  return {
    name: `models/${id}`,
    displayName: id,
    ...(limit === undefined ? {} : { inputTokenLimit: limit }),
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
