import { idNumber } from '../id-number.ts';

/** DVLA: five letters of the name, the date of birth mixed, initials, check. */
export const ukDrivingLicence = idNumber({
  id: 'uk_driving_licence',
  called: 'a UK driving licence number',
  context: ['driving licence', 'licence', 'dvla'],
  forms: [
    { back: 5, pattern: '[A-Z][A-Z9]{4}\\d[0156]\\d(?:0[1-9]|[12]\\d|3[01])\\d[A-Z9]{2}\\d[A-Z]{2}' },
    { back: 4, pattern: '[A-Z][A-Z9]{4}\\d[0156]\\d(?:0[1-9]|[12]\\d|3[01])\\d[A-Z9]{2}\\d[A-Z]{2}' },
    { back: 3, pattern: '[A-Z][A-Z9]{4}\\d[0156]\\d(?:0[1-9]|[12]\\d|3[01])\\d[A-Z9]{2}\\d[A-Z]{2}' },
    { back: 2, pattern: '[A-Z][A-Z9]{4}\\d[0156]\\d(?:0[1-9]|[12]\\d|3[01])\\d[A-Z9]{2}\\d[A-Z]{2}' },
  ],
  found: ['‹MORGA657054SM9IJ›', 'licence ‹SMITH701010J99AB›'],
  ignored: ['MORGA697054SM9IJ', 'AMORGA657054SM9IJ'],
});
