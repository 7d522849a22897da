import t from 'tap';
import { z } from 'zod';
import { formatProblem, parseStrictYaml } from './strict-yaml.ts';

const schema = z.strictObject({
  port: z.int().default(1).describe('Port to listen on.'),
  level: z.enum(['info', 'warn']).default('info'),
  parts: z
    .record(
      z.string(),
      z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('alpha'), size: z.int().optional() }),
        z.strictObject({ kind: z.literal('beta'), secret: z.string().min(10).exactOptional() }),
      ]),
    )
    .default({}),
});

function problemsOf(text: string): string[] {
  const parsed = parseStrictYaml('f.yaml', text, schema);
  return parsed.ok ? [] : parsed.problems.map(formatProblem);
}

t.test('a problem names file, line, column and path, and hints at what was meant', async (t) => {
  const cases: [name: string, text: string, problem: string][] = [
    ['a misspelt field', 'prot: 2\n', 'f.yaml:1:1 prot: unknown field "prot"; did you mean "port"?'],
    [
      'an unknown field of one variant lists the fields of that variant',
      'parts:\n  a:\n    kind: alpha\n    weird: 1\n',
      'f.yaml:4:5 parts.a.weird: unknown field "weird"; known here: kind, size',
    ],
    [
      'a wrong type says what the field is for',
      'port: [1]\n',
      'f.yaml:1:1 port: Invalid input: expected number, received array; Port to listen on.',
    ],
    [
      'a misspelt choice',
      'level: wran\n',
      'f.yaml:1:1 level: Invalid option: expected one of "info"|"warn"; did you mean "warn"?',
    ],
    [
      'a misspelt kind',
      'parts: { a: { kind: bta } }\n',
      'f.yaml:1:15 parts.a.kind: is not one of alpha, beta; did you mean "beta"?',
    ],
    [
      'a missing kind',
      'parts: { a: { size: 1 } }\n',
      'f.yaml:1:10 parts.a.kind: is missing; it is one of alpha, beta',
    ],
  ];
  for (const [name, text, problem] of cases) t.strictSame(problemsOf(text), [problem], name);
});

t.test('problems come in the order of the file', async (t) => {
  const lines = problemsOf('level: x\nprot: 1\nport: y\n').map((line) => line.split(' ')[0]);
  t.strictSame(lines, ['f.yaml:1:1', 'f.yaml:2:1', 'f.yaml:3:1']);
});

t.test('a value is never quoted: it may be a secret', async (t) => {
  const texts = [
    'parts: { a: { kind: beta, secret: hunter2 } }',
    'parts: { a: { kind: beta, secret: *hunter2 } }',
    'parts: { a: { kind: hunter2 } }',
    'port: hunter2',
    'level: hunter2',
    'parts: hunter2',
    'port: "hunter2',
    'hunter2',
  ];
  for (const text of texts) {
    const problems = problemsOf(text);
    t.ok(problems.length > 0, text);
    t.notMatch(problems.join('\n'), /hunter2/, text);
  }
});
