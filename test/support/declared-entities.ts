/** Entities as operators declare them: one of everything that makes a difference to when a value is certain. */
import { type CustomEntity, customEntity } from '../../src/redaction/custom/entity.ts';
import { type EntityRules, entityRules } from '../../src/redaction/custom/rules.ts';

export type Declared = Partial<EntityRules> & Pick<EntityRules, 'patterns'>;

export function declaredEntity(rules: Declared): CustomEntity {
  return customEntity('own', entityRules.parse({ ...rules, examples: { found: ['‹x›'] } }));
}

export const DECLARED: readonly CustomEntity[] = (
  [
    { patterns: ['\\bEMP-\\d{6}\\b'] },
    { patterns: ['\\d{3,9}', 'x{1,4}\\b'], check: 'luhn' },
    { patterns: ['[A-Z]{2}\\d{2,6}'], ignore_case: true, against: ['order', 'x'] },
    { patterns: ['\\b\\d{4}-?\\d{2,4}'], context: ['badge', 'id'], score: 30 },
    { patterns: ['key_[a-z]{3}'], tail: '[a-z0-9]' },
    { patterns: ['(?:a|ab){1,9}c|a.b.c', '[^a-z ]{3,20}\\B'] },
    { patterns: ['.{90,100}z', '\\w{1,60}@'] },
  ] satisfies Declared[]
).map(declaredEntity);

/** Values of theirs, halves of them, and what stands between, before and behind. */
export const DECLARED_PIECES: readonly string[] = [
  ...['EMP-123456', 'emp-12', '7992739871', '3', 'AB1234', 'order ', 'badge ', 'id', '1234-56'],
  ...['key_abc', 'abc9', 'ab', 'aab', 'c', 'a-b-c', 'x', 'xxxx', '@', '#$%!', '-', ' ', '\n'],
  ...['bob@example.com', '4111 1111 1111 1111', '😀', '\ud83d', '\u200b', '\u200b'.repeat(9)],
  ...['%45', '%C3%A9', '%', '&#69;', '&am', '\uff11', '\u0415MP', '4 1 1 ', '%2D'],
  ...['y'.repeat(70), '1 '.repeat(30), '0123456789'.repeat(9), '%61'.repeat(50)],
];
