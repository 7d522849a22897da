import { LIKELY, POSSIBLE } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** A letter and eight characters; the new ones have a letter in their midst. */
export const krPassport = idNumber({
  id: 'kr_passport',
  called: 'a Korean passport number',
  context: ['여권', '여권번호', 'passport'],
  forms: [
    { back: 1, pattern: '[MSRODGmsrodg]\\d{3}[A-Za-z]\\d{4}', score: LIKELY },
    { back: 1, pattern: '[MSRODGmsrodg]\\d{8}', score: POSSIBLE },
  ],
  found: ['‹M123A4567›', '여권번호는 ‹M789C1234›입니다', 'My old passport ‹M12345678›'],
  ignored: ['A123B4567', 'M12A4567', 'order M12345678'],
});
