import { House, type Person } from '../../testing/house';

/** Counts the hashes; each is really made. */
const verified: string[] = [];
jest.mock('argon2', () => {
  const real = jest.requireActual<typeof import('argon2')>('argon2');
  return {
    ...real,
    verify: (hashed: string, password: string) => {
      verified.push(hashed.split('$').slice(0, 4).join('$'));
      return real.verify(hashed, password);
    },
  };
});

let house: House;
let person: Person;
beforeAll(async () => {
  house = await House.open();
  person = await house.person(await house.tenant('a-clinic'));
});
afterAll(() => house.close());

test.each([
  ['a wrong password', { password: 'a wrong one' }],
  ['an unknown e-mail', { email: 'nobody@example.org' }],
  ['an unknown organisation', { organisation: 'nowhere' }],
])('%s costs one hash of the one strength', async (_, wrong) => {
  verified.length = 0;
  await expect(house.signIn(person, wrong)).rejects.toMatchObject({ code: 'SIGN_IN_FAILED' });
  expect(verified).toEqual(['$argon2id$v=19$m=19456,p=1,t=2']);
});

test('a disabled account costs one hash of the one strength', async () => {
  await house.db.owner('UPDATE staff_member SET active = false');
  verified.length = 0;
  await expect(house.signIn(person)).rejects.toMatchObject({ code: 'SIGN_IN_FAILED' });
  expect(verified).toEqual(['$argon2id$v=19$m=19456,p=1,t=2']);
});
