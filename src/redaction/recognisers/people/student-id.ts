import { idNumber } from '../id-number.ts';

/** Known by what is written beside it. */
export const studentId = idNumber({
  id: 'student_id',
  called: 'a student number',
  labelled: { labels: ['student', 'matrikelnummer', 'matriculation'], value: '[A-Za-z]{0,3}-?\\d{5,10}' },
  forms: [],
  found: ['student ID: ‹S1234567›', 'Matrikelnummer ‹1234567›'],
  ignored: ['S1234567'],
});
