import { NO_USAGE } from '../../core/usage.ts';
import type { Dialect } from '../dialect.ts';
import { readObject } from '../fields.ts';
import { unstreamed } from '../openai-common/unstreamed.ts';
import { requestProse } from '../prose.ts';
import { describeGemini } from './describe.ts';
import { renamed, sameModel } from './embeddings.ts';
import { geminiGenerate, ORIGINS } from './index.ts';
import { member } from './members.ts';

const WHOLE = ['generateContentRequest', 'generate_content_request'] as const;

/** `POST /v1beta/models/{model}:countTokens`: counts without answering, which costs nothing. */
export function geminiCountTokens(model: string): Dialect {
  return {
    ...geminiGenerate(model, false),
    id: 'gemini-count-tokens',
    describe(body) {
      const whole = readObject(member(body, WHOLE[0]));
      if (whole !== undefined) sameModel(whole, model, `${WHOLE[0]}.model`);
      return { ...describeGemini(whole ?? body, model, false), outputCapTokens: 0 };
    },
    texts(body, files) {
      const key = WHOLE.find((name) => readObject(body[name]) !== undefined);
      if (key === undefined) return requestProse(body, ORIGINS, 'user', files);
      const { [key]: whole, ...rest } = body;
      return [
        ...requestProse(rest, ORIGINS, 'user', files),
        ...requestProse(readObject(whole) ?? {}, ORIGINS, 'user', files),
      ];
    },
    answerUsage: () => ({ ...NO_USAGE, source: 'reported' }),
    answerFinish: () => undefined,
    /** There is no output to cap. */
    setOutputCap: () => undefined,
    setModel(body, name) {
      for (const key of WHOLE) {
        const whole = readObject(body[key]);
        if (whole !== undefined) body[key] = renamed(whole, name);
      }
    },
    stream: unstreamed,
  };
}
