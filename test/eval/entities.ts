/** Writes the list of what redaction recognises: `node test/eval/entities.ts > docs/redaction-entities.md`. */
import { RECOGNISERS } from '../../src/redaction/recognisers/index.ts';

const GROUPS = {
  pii: 'Personal data',
  quasi_identifier: 'Quasi-identifiers: they say something of a person, but alone name no one',
  secret: 'Secrets',
};

export function entityPage(): string {
  const parts = Object.entries(GROUPS).map(([group, title]) => {
    const rows = RECOGNISERS.filter((each) => each.group === group).map(
      ({ id, called }) => `- \`${id}\`: ${called}`,
    );
    return `## ${title} (\`${group}\`)\n\n${rows.join('\n')}\n`;
  });
  return `# Entities of redaction\n\nNames for the section \`pii\` of a policy: an entity, its group, or \`*\`. Held equal to the code by a test; written by\n\`node test/eval/entities.ts\`.\n\n${parts.join('\n')}`;
}

if (process.argv[1]?.endsWith('entities.ts')) process.stdout.write(entityPage());
