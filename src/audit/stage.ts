import type { Clock } from '../core/clock.ts';
import { requestTags } from '../core/tags.ts';
import type { Ending, Stage } from '../gateway/stage.ts';
import type { Journal } from '../storage/journal/journal.ts';
import { type Recorded, requestRecord, type Unjudged } from './request.ts';

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
      if (isFlood(x, ending)) return;
      const written = requestRecord(x, ending, clock.elapsed() - x.startedMs, unjudged);
      return journal.appendSoon(JSON.stringify(written));
    },
  };
}

/**
 * A stranger whom the door has told to slow down: the refusals before it are recorded, the thousands after it are
 * counted (`sluice_requests_total`) and logged, so that nobody without a key fills the journal and the database.
 */
function isFlood({ principal }: Recorded, ending: Ending): boolean {
  return principal === null && ending.kind === 'refused' && ending.fault.code === 'rate_limit_exceeded';
}
