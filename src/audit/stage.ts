import type { Clock } from '../core/clock.ts';
import { requestTags } from '../core/tags.ts';
import type { Stage } from '../gateway/stage.ts';
import type { Journal } from '../storage/journal/journal.ts';
import { requestRecord, type Unjudged } from './request.ts';

export interface RecordDeps {
  readonly journal: Pick<Journal, 'admits' | 'appendSoon'>;
  readonly clock: Clock;
  /** What of a header may be recorded where the request ended before redaction said so. */
  readonly unjudged: Unjudged;
}

const NO_TAGS = {};

/**
 * First in, so it settles last and sees everything, refusals too. The record is in the journal when `settle` is
 * done, and the answer's last byte waits for that. It names no needs: any slot may still be empty when a request
 * ends, and it reads those that are filled.
 */
export function record({ journal, clock, unjudged }: RecordDeps): Stage {
  return {
    name: 'record',
    enter: (x) => {
      const fault = journal.admits();
      if (fault) throw fault;
      // Refused here rather than dropped: tags decide about policies and about who pays.
      requestTags(x.headers['x-sluice-tags'], NO_TAGS);
    },
    settle: (x, ending) => {
      const written = requestRecord(x, ending, clock.elapsed() - x.startedMs, unjudged);
      return journal.appendSoon(JSON.stringify(written));
    },
  };
}
