import t from 'tap';
import { nearest, nearestFew } from './nearest.ts';

t.test('suggestions are near, and none are made for nonsense', async (t) => {
  t.strictSame(nearestFew('gpt-5.4-mimi', ['gpt-5.4-mini', 'claude-opus-5', 'gpt-5.4'], 2), ['gpt-5.4-mini']);
  t.strictSame(nearestFew('zzzzzz', ['gpt-5.4'], 3), []);
  t.strictSame(nearestFew('x'.repeat(10_000), ['gpt-5.4'], 3), []);
});

t.test('the best comes first, and of equals the one that was named first', async (t) => {
  t.strictSame(nearestFew('models', ['modal', 'model', 'modelss'], 3), ['model', 'modelss', 'modal']);
  t.equal(nearest('polices', ['prices', 'policies']), 'policies');
});
