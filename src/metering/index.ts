export { attemptCost } from './attempt-cost.ts';
export { estimateUsage, inputUpperBound } from './estimate.ts';
export { foldRollups } from './fold.ts';
export { inService, type Price } from './price.ts';
export { type PriceTable, priceTable } from './price-table.ts';
export { type MeteredRequest, usageLine } from './record.ts';
export { usageSink } from './sink.ts';
export { affordableOutput, worstCase } from './worst-case.ts';
