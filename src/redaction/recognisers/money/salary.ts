import { type Checked, recogniser } from '../../recogniser.ts';
import { anyCase } from '../id-number.ts';

const FIGURES = "\\d{1,3}(?:[,.'\\u202f ]?\\d{3}){1,2}(?:[.,]\\d{2})?|\\d{2,3}(?:\\.\\d)?[kK]";
const CURRENCY = '(?:[$€£¥₹]|USD|EUR|GBP|CHF|CAD|AUD|INR|Rs\\.?)';
const MONEY = `(?:${CURRENCY} ?(?:${FIGURES})|(?:${FIGURES}) ?(?:[€£$]|USD|EUR|GBP|CHF|CAD|AUD|INR|euros?|dollars|pounds)(?![A-Za-z]))`;
const LABELS = [
  ...['salary', 'wages', 'wage', 'gross pay', 'base pay', 'net pay', 'annual pay', 'income', 'compensation'],
  ...[
    'earns',
    'earning',
    'earned',
    'gehalt',
    'jahresgehalt',
    'lohn',
    'salaire',
    'sueldo',
    'salario',
    'stipendio',
    'salário',
  ],
];
const IS =
  '["\']?(?: (?:before|after) taxes?| range| expectations?)?\\s{0,2}(?:[:=]|is|was|of|at|about|around|von|de|di)?\\s{0,2}["\']?';
const PERIOD = '(?: ?(?:/|per|an?|each|every) ?(?:year|yr|month|week|hour|annum|day))';

/** What somebody earns: an amount behind a word for pay, or before a period. */
export const salary = recogniser({
  id: 'salary',
  group: 'quasi_identifier',
  called: 'a salary',
  forms: [
    {
      anchor: { kind: 'text', ignoreCase: true, texts: LABELS },
      pattern: `(?<![A-Za-z])${anyCase(LABELS)}${IS}${MONEY}(?!\\d)`,
      check: amountIn,
    },
    {
      anchor: { kind: 'text', texts: ['makes ', 'make ', 'paid '] },
      pattern: `(?<![A-Za-z])(?:makes?|paid) (?:about |around )?${MONEY}(?=${PERIOD})`,
      check: amountIn,
    },
  ],
  canonical: (value) => value.replace(/\D/g, ''),
  examples: {
    found: [
      'Salary: ‹$84,500›',
      'Wages: ‹$154,000›\n',
      'a base pay of ‹£48,250› plus',
      'she earns ‹62 000 €› a year',
      'makes ‹USD 7,400› per month',
    ],
    ignored: ['paid $300 for it', 'salary negotiations', 'makes 3,000 units', 'income tax of 20%'],
  },
});

function amountIn(value: string): Checked {
  const start = value.search(/[$€£¥₹\d]|(?:USD|EUR|GBP|CHF|CAD|AUD|INR|Rs)\b/);
  return [start, value.length];
}
