import { type Checked, recogniser } from '../../recogniser.ts';

/** How the names of conditions end, and the ones that end otherwise; the groups of ICD-10 and what is common in them. */
const CONDITIONS =
  /^(?:diseases?|disorder|syndrome|cancer|tumou?r|lymphoma|leuka?emia|diabetes|mellitus|asthma|migraines?|hypertension|hypotension|failure|fibrillation|depression|anxiety|schizophrenia|epilepsy|seizures|hiv|aids|covid(?:-19)?|tuberculosis|malaria|stroke|infarction|attack|angina|arrhythmia|pneumonia|influenza|infection|hepatitis|cirrhosis|fibrosis|sclerosis|obesity|anorexia|bulimia|autism|adhd|ptsd|ocd|copd|gout|eczema|psoriasis|lupus|parkinson(?:['’]s)?|alzheimer(?:['’]s)?|dementia|insomnia|an[a]?emia|thrombosis|embolism|hernia|ulcers?|allergy|addiction|alcoholism|abuse|fracture|glaucoma|cataracts?|infertility|miscarriage|pregnancy|reflux|apnea|apnoea|palsy|dystrophy|pain)$|^[a-z]{3,}(?:itis|osis|emia|aemia|pathy|oma|algia|plegia|phrenia|trophy|rrhea|uria|ectasis|thyroidism|lipidemia)$/;

const CUE =
  '(?:[dD]iagnosed with|[dD]iagnos[ie]s["\']?(?:\\s?[:=]| of| is)|[sS]uffer(?:s|ed|ing) from|[hH]istory of|[tT]reated for|[lL]iving with|[tT]ests? positive for|[tT]ested positive for|[cC]ondition["\']?\\s?[:=]|[dD]x:)';

/** What somebody has: a word for it behind one that says so. */
export const healthCondition = recogniser({
  id: 'health_condition',
  group: 'quasi_identifier',
  called: 'a health condition',
  forms: [
    {
      anchor: {
        kind: 'text',
        ignoreCase: true,
        texts: ['diagnos', 'suffer', 'history of', 'treated for', 'living with', 'test', 'condition', 'dx:'],
      },
      pattern: `(?<![A-Za-z])${CUE}\\s{0,2}["']?(?:an? )?[A-Za-z\\u2019'-]{1,18}(?: [A-Za-z0-9\\u2019'-]{1,16}){0,3}`,
      check: conditionIn,
    },
  ],
  canonical: (value) => value.toLowerCase(),
  examples: {
    found: [
      'Diagnosis: ‹Type 2 Diabetes Mellitus›\n',
      'diagnosed with ‹bipolar disorder› in',
      'suffers from ‹chronic migraine› and',
      'a history of ‹breast cancer›.',
    ],
    ignored: [
      'the history of the company',
      'suffers from poor design',
      'a condition: x > 1',
      'living with parents',
    ],
  },
});

const BEGINS = new RegExp(`^${CUE}\\s{0,2}["']?(?:an? )?`);

/** From behind the words that introduce it to the last word for a condition. */
function conditionIn(value: string): Checked {
  const start = BEGINS.exec(value)?.[0].length ?? 0;
  let end = 0;
  for (const { 0: word, index } of value.slice(start).matchAll(/\S+/g))
    if (CONDITIONS.test(word.toLowerCase())) end = start + index + word.length;
  return end > 0 && [start, end];
}
