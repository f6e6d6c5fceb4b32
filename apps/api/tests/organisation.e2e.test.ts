import { ROLE_PASSWORDS, type TestDatabase, testDatabase } from '@app/platform/testing';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addOrganisation, parseOrganisation } from '../src/start/organisation';

const EXAMPLE = join(__dirname, '..', '..', '..', 'infra', 'setup.example.json');
const WORDS = {
  organisation: 'elm-clinic',
  name: 'Elm Clinic',
  sector: 'clinic',
  email: 'admin@elm.example',
  person: 'First Administrator',
};

let db: TestDatabase;
let home: string;
beforeAll(async () => {
  db = await testDatabase();
  home = await mkdtemp(join(tmpdir(), 'organisation-'));
  await mkdir(join(home, 'secrets'));
  await writeFile(join(home, 'secrets', 'roles.json'), JSON.stringify(ROLE_PASSWORDS));
});
afterAll(async () => {
  await db.close();
  await rm(home, { recursive: true });
});

const add = async (words: Record<string, string>) =>
  addOrganisation(
    { DATABASE_URL: db.urls.owner, VESTIBULE_HOME: home, VESTIBULE_SFU_WORKER: join(home, 'no-worker') },
    await parseOrganisation(words),
  );

test('the example file makes a whole organisation, whose people have passwords of their own', async () => {
  const credentials = await add({ ...WORDS, setup: EXAMPLE });
  expect(credentials.map(({ email }) => email)).toEqual([
    'admin@elm.example',
    'front.desk@clinic.example',
    'officer@clinic.example',
  ]);
  expect(new Set(credentials.map(({ password }) => password)).size).toBe(3);
  const [{ sites, queues, staff } = { sites: '', queues: '', staff: '' }] = await db.owner<
    Record<string, string>
  >(
    `SELECT (SELECT count(*) FROM site) AS sites, (SELECT count(*) FROM queue) AS queues,
            (SELECT count(*) FROM staff_member) AS staff`,
  );
  expect([sites, Number(queues) > 1, staff]).toEqual(['1', true, '3']);
});

test('a second one of the same name is refused, and nothing of it is kept', async () => {
  await expect(add(WORDS)).rejects.toMatchObject({ code: 'STEP_NOT_ALLOWED' });
  expect(await db.owner('SELECT 1 FROM tenant')).toHaveLength(1);
});

test('what is missing is named', async () => {
  await expect(parseOrganisation({ organisation: 'x', sector: 'bank' })).rejects.toMatchObject({
    code: 'INPUT_MALFORMED',
    extra: { fields: ['name', 'sector', 'email', 'person'] },
  });
});
