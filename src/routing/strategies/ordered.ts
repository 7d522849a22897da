import { strategy } from '../strategy.ts';

export const ordered = strategy({
  id: 'ordered',
  about: 'in the order in which they are written',
  spreads: false,
  arrange: () => undefined,
});
