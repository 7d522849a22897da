/** What the primary and its workers say to each other: structured clones over the pipe between them. */
import type { Config } from '../../config/index.ts';
import type { Demo } from '../../identity/setup.ts';
import type { CountAnswer, CountBatch } from '../../limits/index.ts';
import type { Report } from './node-metrics.ts';

/** How many workers serve, of those that are to. */
export interface Crew {
  readonly serving: number;
  readonly wanted: number;
}

export type ToWorker =
  | { readonly kind: 'start'; readonly config: Config; readonly nodeName: string; readonly crew: Crew }
  | { readonly kind: 'crew'; readonly crew: Crew }
  | { readonly kind: 'counted'; readonly id: number; readonly answer: CountAnswer }
  | { readonly kind: 'report'; readonly id: number }
  | { readonly kind: 'scraped'; readonly id: number; readonly text: string }
  | { readonly kind: 'stop' };

export type ToPrimary =
  | { readonly kind: 'demo'; readonly demo: Demo }
  | { readonly kind: 'ready'; readonly origin: string }
  /** It could not start, in the words for the person who started it. */
  | { readonly kind: 'failed'; readonly words: string }
  | { readonly kind: 'alive' }
  | { readonly kind: 'count'; readonly id: number; readonly batch: CountBatch }
  | { readonly kind: 'reported'; readonly id: number; readonly report: Report }
  | { readonly kind: 'scrape'; readonly id: number };
