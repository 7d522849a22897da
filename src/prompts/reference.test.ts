import { test } from 'tap';
import { Fault } from '../core/fault.ts';
import type { JsonObject } from '../core/json.ts';
import type { Operation } from '../dialects/dialect.ts';
import { takeReference } from './reference.ts';

function refused(body: JsonObject, header?: string, operation: Operation = 'chat'): string {
  try {
    takeReference(body, header, operation);
  } catch (error) {
    if (error instanceof Fault) return `${error.code} ${error.details.param}: ${error.message}`;
    throw error;
  }
  return 'not refused';
}

test('every form of the wire names the same prompt, and leaves the body', (t) => {
  const table: [string, JsonObject, string | undefined, object][] = [
    ['model', { model: '@prompt/reply' }, undefined, { name: 'reply', asModel: true, param: 'model' }],
    [
      'model with label',
      { model: '@prompt/reply:staging' },
      undefined,
      { label: 'staging', version: undefined },
    ],
    ['model with version', { model: '@prompt/reply@12' }, undefined, { version: 12, label: undefined }],
    [
      'model with variables',
      { model: '@prompt/reply', prompt_variables: { a: 1 } },
      undefined,
      { name: 'reply', variables: { a: 1 }, asModel: true, variablesParam: 'prompt_variables' },
    ],
    [
      'prompt object',
      {
        model: 'm',
        prompt: { id: 'pmpt_abc', version: '2', variables: { a: { type: 'input_text', text: 'x' } } },
      },
      undefined,
      {
        name: 'pmpt_abc',
        version: 2,
        variables: { a: 'x' },
        asModel: false,
        variablesParam: 'prompt.variables',
      },
    ],
    [
      'fields',
      { model: 'm', prompt_id: 'reply', prompt_label: 'staging', prompt_variables: { a: 'x' } },
      undefined,
      { name: 'reply', label: 'staging', variables: { a: 'x' }, param: 'prompt_id' },
    ],
    ['header', { model: 'm' }, 'reply@3', { name: 'reply', version: 3, param: 'x-sluice-prompt' }],
    [
      'forms that agree',
      { model: '@prompt/reply@3', prompt_version: 3 },
      'reply',
      { name: 'reply', version: 3 },
    ],
  ];
  for (const [form, body, header, expected] of table) {
    t.match(takeReference(body, header, 'chat'), expected, form);
    t.same(Object.keys(body), ['model'], `${form}: its fields are gone`);
  }
  t.end();
});

test('a request without a reference is left alone', (t) => {
  const chat: JsonObject = { model: 'm', prompt: null, messages: [] };
  t.equal(takeReference(chat, undefined, 'chat'), undefined);
  t.same(chat, { model: 'm', prompt: null, messages: [] });
  const completion: JsonObject = { model: 'm', prompt: 'Once upon a time' };
  t.equal(takeReference(completion, undefined, 'completions'), undefined, 'prompt is the text itself there');
  t.same(completion, { model: 'm', prompt: 'Once upon a time' });
  t.end();
});

test('what is malformed or contradicts itself is refused by the field (litellm#38404, litellm#41735)', (t) => {
  const table: [JsonObject, string | undefined, RegExp][] = [
    [{ model: '@prompt/' }, undefined, /invalid_request model: A prompt is named by/],
    [{ model: '@prompt/a@x' }, undefined, /model: The version of a prompt is a positive whole number/],
    [{ model: '@prompt/a@' }, undefined, /positive whole number/],
    [{ model: '@prompt/a:' }, undefined, /A label is a letter/],
    [{ model: '@prompt/a b' }, undefined, /A prompt is named by/],
    [{ model: '@prompt/a' }, 'b', /model and x-sluice-prompt both give the name of the prompt/],
    [
      { model: '@prompt/a@1', prompt_version: 2 },
      undefined,
      /model and prompt_version both give the version/,
    ],
    [
      { model: '@prompt/a@1', prompt_label: 'x' },
      undefined,
      /Name a version or a label of the prompt, not both/,
    ],
    [{ model: 'm', prompt: 'text' }, undefined, /prompt: prompt must be an object/],
    [{ model: 'm', prompt: {} }, undefined, /prompt\.id is missing/],
    [{ model: 'm', prompt: { id: 'a', vars: {} } }, undefined, /prompt\.vars: prompt has no field "vars"/],
    [{ model: 'm', prompt: { id: 7 } }, undefined, /prompt\.id: A prompt is named by/],
    [{ model: 'm', prompt: { id: 'a', variables: [] } }, undefined, /prompt\.variables must be an object/],
    [
      { model: 'm', prompt: { id: 'a', variables: {} }, prompt_variables: {} },
      undefined,
      /both give the variables/,
    ],
    [
      { model: 'm', prompt_variables: { a: 1 } },
      undefined,
      /prompt_variables is there, but no prompt is named/,
    ],
    [{ model: 'm' }, 'a;b', /x-sluice-prompt: A prompt is named by/],
    [
      { model: 'm', prompt: { id: 'a', variables: { f: { type: 'input_file', file_id: 'x' } } } },
      undefined,
      /prompt_invalid prompt\.variables\.f: A variable of type input_file cannot be put into a prompt/,
    ],
  ];
  for (const [body, header, says] of table) t.match(refused(body, header), says);
  for (const operation of ['embeddings', 'completions', 'moderations'] as const) {
    t.match(
      refused({ model: '@prompt/a', input: 'x' }, undefined, operation),
      /Prompts can be used with chat/,
    );
    t.match(refused({ model: 'm', prompt_id: 'a' }, undefined, operation), /not with/);
    t.match(refused({ model: 'm' }, 'a', operation), /not with/);
  }
  t.end();
});
