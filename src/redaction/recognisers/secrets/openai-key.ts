import { vendorToken } from './vendor-token.ts';

/** OpenAI's keys and those of the many providers that write theirs the same way (`sk-…`). */
export const openaiKey = vendorToken({
  id: 'openai_key',
  called: 'an OpenAI-style API key',
  prefixes: ['sk-'],
  pattern: 'sk-[A-Za-z0-9_-]{20}',
  tail: '[A-Za-z0-9_-]',
  check: (value) => /\d|-.*[A-Z].*[a-z]/.test(value) && !value.startsWith('sk-ant-'),
  found: [
    '‹sk-·proj-SevzWEV_NmNnMndQ5gn6PjFcX_9ay5SEKse8AL0EuYAB0cIgFW7T3BlbkFJ›',
    'key: ‹sk-·4f9c1d2b7a3e4850b6c7d8e9f0a1b2c3›.',
  ],
  ignored: [
    'sk-learn-pipelines-for-beginners',
    'task-4f9c1d2b7a3e4850b6c7d8e9f0',
    'sk-xxxxxxxxxxxxxxxxxxxxxxxx',
    'sk-1234',
  ],
});
