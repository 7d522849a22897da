import { LIKELY } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** Known by its prefix or by what is written beside it. */
export const employeeId = idNumber({
  id: 'employee_id',
  called: 'an employee number',
  labelled: {
    labels: ['employee', 'emp', 'empid', 'staff', 'personnel', 'personalnummer', 'badge'],
    value: '[A-Za-z]{0,3}-?\\d{4,10}',
  },
  forms: [
    {
      anchor: { kind: 'text', texts: ['EMP', 'STAFF'] },
      pattern: '(?:EMP|EMPL|STAFF)[-_#]?\\d{3,10}',
      score: LIKELY,
    },
  ],
  found: ['‹EMP-70427›,Jo', 'employee id: ‹A-104562›', 'staff number ‹104562›'],
  ignored: ['EMPLOYER-1', '104562'],
});
