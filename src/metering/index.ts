export { attemptCost } from './attempt-cost.ts';
export { estimateUsage, inputUpperBound } from './estimate.ts';
export { type PriceTable, priceTable } from './price-table.ts';
export { affordableOutput, type Price, worstCase } from './prices.ts';
export { type MeteredRequest, savedLine, type UsageLine, usageLine } from './record.ts';
export { usageSink } from './store.ts';
