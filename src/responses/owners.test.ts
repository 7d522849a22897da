import t from 'tap';
import { Fault } from '../core/fault.ts';
import type { Kept } from '../providers/index.ts';
import type { Database } from '../storage/database.ts';
import { Owners } from './owners.ts';

const ORG = 'org-a';
const kept = (id: string): Kept => ({ id, provider: 'p', model: 'm', requestedModel: 'm' });

/** A database that answers each question in turn, and then with nothing. */
function asked(...answers: (Kept | Error | undefined)[]) {
  const questions: string[] = [];
  const withOrg: Database['withOrg'] = async <T>(orgId: string) => {
    questions.push(orgId);
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer as T;
  };
  return { db: { withOrg }, questions };
}

t.test('what was remembered is found at once, by its organisation alone', async (t) => {
  const { db, questions } = asked();
  const owners = new Owners({ db, secondLookMs: 0 });
  owners.remember(ORG, kept('resp_1'));
  t.same(owners.find(ORG, 'resp_1'), kept('resp_1'));
  t.same(questions, []);
  t.equal(await owners.find('org-b', 'resp_1'), undefined);
  t.same(questions, ['org-b', 'org-b'], 'the database is asked, and once more');
});

t.test('a response that another node has not drained yet is found at the second look', async (t) => {
  const { db, questions } = asked(undefined, kept('resp_1'));
  const owners = new Owners({ db, secondLookMs: 0 });
  t.same(await owners.find(ORG, 'resp_1'), kept('resp_1'));
  t.same(owners.find(ORG, 'resp_1'), kept('resp_1'), 'then from memory');
  t.equal(questions.length, 2);
});

t.test('what was deleted is gone, though the database may not know it yet', async (t) => {
  const { db, questions } = asked(kept('resp_1'));
  const owners = new Owners({ db });
  owners.forget(ORG, 'resp_1');
  t.equal(await owners.find(ORG, 'resp_1'), undefined);
  t.same(questions, []);
});

t.test('memory is bounded: what was used least lately is asked of the database again', async (t) => {
  const { db, questions } = asked(kept('resp_2'));
  const owners = new Owners({ db, capacity: 2 });
  owners.remember(ORG, kept('resp_1'));
  owners.remember(ORG, kept('resp_2'));
  owners.find(ORG, 'resp_1');
  owners.remember(ORG, kept('resp_3'));
  t.same(owners.find(ORG, 'resp_1'), kept('resp_1'));
  t.same(questions, []);
  t.same(await owners.find(ORG, 'resp_2'), kept('resp_2'));
  t.equal(questions.length, 1);
});

t.test('what cannot be an id is asked of nobody', async (t) => {
  const { db, questions } = asked();
  const owners = new Owners({ db });
  for (const id of ['', '.', '../x', 'a b', '\0', 'ä', 'r'.repeat(201)])
    t.equal(owners.find(ORG, id), undefined, JSON.stringify(id));
  t.same(questions, []);
});

t.test('a database that does not answer is no reason to say that there is nothing', async (t) => {
  const { db } = asked(new Error('connection lost to 10.0.0.1'));
  const fault = await Promise.resolve(new Owners({ db }).find(ORG, 'resp_1')).catch((thrown) => thrown);
  t.ok(fault instanceof Fault);
  t.match(fault, { code: 'internal_error', status: 503 });
  t.notMatch(fault.message, '10.0.0.1');
});
