export type { Draw, HasHold, Hold } from './hold.ts';
