import { cheapest } from './cheapest.ts';
import { latency } from './latency.ts';
import { leastBusy } from './least-busy.ts';
import { ordered } from './ordered.ts';
import { residency } from './residency.ts';
import { weighted } from './weighted.ts';

/** Every strategy; a new one is a file and a line here. */
export const STRATEGIES = [ordered, weighted, latency, leastBusy, cheapest, residency] as const;
export type StrategyId = (typeof STRATEGIES)[number]['id'];
