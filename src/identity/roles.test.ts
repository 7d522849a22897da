import { readFile } from 'node:fs/promises';
import { t } from 'tap';
import { ACTIONS, MATRIX, outranks, ROLES } from './roles.ts';

t.test('docs/admin-api.md shows the matrix as it is', async (t) => {
  const text = await readFile(new URL('../../docs/admin-api.md', import.meta.url), 'utf8');
  const shown = text
    .split('\n')
    .filter((line) => /^\| `\w+\.\w+` +\|/.test(line))
    .map((line) => line.replaceAll(/ +\|/g, ' |'));
  const mark = { all: 'all', team: 'own teams', self: 'own', none: '–' } as const;
  const rows = ACTIONS.map((action) => {
    const { owner, admin, manager, member } = MATRIX[action];
    return `| \`${action}\` | ${[owner, admin, manager, member].map((reach) => mark[reach]).join(' | ')} |`;
  });
  t.same(shown, rows);
});

t.test('a role reaches no further than the roles above it', async (t) => {
  const order = { all: 3, team: 2, self: 1, none: 0 } as const;
  for (const action of ACTIONS) {
    const reaches = ROLES.map((role) => order[MATRIX[action][role]]);
    t.same(
      reaches,
      reaches.toSorted((a, b) => b - a),
      action,
    );
  }
});

t.test('nobody outranks themselves or an operator', async (t) => {
  for (const role of ROLES) {
    t.notOk(outranks(role, role));
    t.notOk(outranks(role, 'platform'));
  }
  t.ok(outranks('owner', 'admin'));
  t.ok(outranks('admin', 'member'));
});
