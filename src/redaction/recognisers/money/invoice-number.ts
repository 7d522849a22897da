import { LIKELY, recogniser } from '../../recogniser.ts';
import { compact, ENDS, labelledForm, NOT_INSIDE } from '../id-number.ts';

/** Known by its prefix or by what is written beside it. */
export const invoiceNumber = recogniser({
  id: 'invoice_number',
  group: 'quasi_identifier',
  called: 'the number of an invoice',
  forms: [
    labelledForm({
      labels: [
        'invoice',
        'rechnung',
        'rechnungsnummer',
        'rechnungsnr',
        'facture',
        'factura',
        'fattura',
        'faktura',
      ],
      value: '[A-Z]{1,4}[-/]?(?:\\d{2,4}[-/])?\\d{3,9}|\\d{5,10}',
    }),
    {
      anchor: { kind: 'text', texts: ['INV-'] },
      pattern: `${NOT_INSIDE}INV-(?:\\d{4}-)?\\d{4,9}${ENDS}`,
      score: LIKELY,
    },
  ],
  canonical: compact,
  examples: {
    found: [
      'Invoice ‹INV-220498›',
      'invoice number: ‹4471902›',
      '‹INV-2024-00017› is open',
      'Rechnung ‹RE-10441›',
    ],
    ignored: ['invoice 2023', 'the invoice number is printed', 'INV-1'],
  },
});
