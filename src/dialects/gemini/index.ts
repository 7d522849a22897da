import type { JsonObject } from '../../core/json.ts';
import type { Dialect } from '../dialect.ts';
import { objectsIn } from '../fields.ts';
import { answerProse, type Origin, requestProse } from '../prose.ts';
import { readProviderError } from '../provider-error.ts';
import { describeGemini, setGeminiCap } from './describe.ts';
import { geminiFaultBody } from './faults.ts';
import { geminiFinish, geminiStream } from './stream.ts';
import { geminiUsage } from './usage.ts';

export const ORIGINS: Readonly<Record<string, Origin>> = {
  systemInstruction: 'system',
  system_instruction: 'system',
  tools: 'system',
  generationConfig: 'system',
  generation_config: 'system',
  labels: 'metadata',
};

function dropLogprobs(json: JsonObject): void {
  for (const candidate of objectsIn(json.candidates)) {
    delete candidate.logprobsResult;
    delete candidate.avgLogprobs;
  }
}

/**
 * `POST /v1beta/models/{model}:generateContent` and `:streamGenerateContent`. The path says the model and whether
 * to stream, so each request has a dialect of its own.
 */
export function geminiGenerate(model: string, stream: boolean): Dialect {
  return {
    id: 'gemini',
    describe: (body) => describeGemini(body, model, stream),
    texts: (body, files) => requestProse(body, ORIGINS, 'user', files),
    answerTexts: (body) => answerProse(body),
    answerUsage: (body) => geminiUsage(body.usageMetadata),
    answerFinish: geminiFinish,
    setOutputCap: setGeminiCap,
    /** It stands in the path. */
    setModel: () => undefined,
    dropTokenEchoes: dropLogprobs,
    faultBody: geminiFaultBody,
    providerError: readProviderError,
    stream: geminiStream,
  };
}
