import { Keys } from '@app/platform';
import { CSV, DEFINITION, HEAD, RIGHT, Room, TESTER } from '../../testing/room';
import { RecordTable } from './record-table.service';

let room: Room;
beforeEach(async () => {
  room = await Room.open();
});
afterEach(() => room.close());

test('records are imported, counted and recorded, and read back with a receipt', async () => {
  await expect(room.importRecords()).resolves.toEqual({ added: 2, changed: 0 });
  expect(await room.acts()).toEqual(['records.imported']);
  const found = await room.act((tx) => room.table.find(tx, RIGHT));
  const receipt = await room.receipt();
  const values = await room.act((tx) => room.table.readValues(tx, receipt, found?.recordId ?? ('' as never)));
  expect(values).toContainEqual({
    field: 'next_appointment',
    label: { en: 'Next appointment', es: 'Próxima cita' },
    value: '2027-03-05 14:30',
  });
  expect(values.map(({ field }) => field)).toContain('date_of_birth');
});

test.each([
  ['another order and spelling of the name', { fullName: 'Dos,  éxample CANARIA' }, true],
  ['another identifier', { identifier: 'MRN-004217' }, false],
  ['another day of birth', { dateOfBirth: '1958-11-29' }, false],
  ['half of the name', { fullName: 'Example Dos' }, false],
])('a claim with %s resolves or does not', async (_says, change, resolves) => {
  await room.importRecords();
  const claim = {
    fullName: 'Example Canaria Dos',
    dateOfBirth: '1958-11-30',
    identifier: 'MRN-004218',
    ...change,
  };
  expect((await room.act((tx) => room.table.find(tx, claim))) !== undefined).toBe(resolves);
});

test('a file that is imported again changes the records that it has, and the old values are no longer guarded', async () => {
  await room.importRecords();
  const before = await room.recordIds();
  const csv = [
    HEAD,
    'mrn 004217,Example Canaria Uno,2001-02-03,new.canary@mail.example.org,,,Marble elbow,',
    'MRN-004219,Example Canaria Tres,1990-01-01,canary.three@mail.example.org,,,,',
  ].join('\n');
  await expect(room.importRecords(csv)).resolves.toEqual({ added: 1, changed: 1 });
  expect(await room.recordIds()).toEqual(expect.arrayContaining(before));
  const fields = (text: string) => room.act((tx) => room.table.guardedFieldsIn(tx, text));
  await expect(fields('your Quarzite knee replacement')).resolves.toEqual([]);
  await expect(fields('your marble elbow, at new.canary@mail.example.org')).resolves.toEqual([
    'email',
    'reason',
  ]);
});

test('every bad row is named by its line and without its value, and nothing is taken', async () => {
  const csv = [
    HEAD,
    'MRN-1000,Somebody Good,2001-02-03,good@mail.example.org,,,,',
    '12,Somebody Bad,2001-02-30,secret-not-mail,,,,',
    'MRN-1000,,2001-02-03,good@mail.example.org,,,,',
    'MRN-1002,Too Short,2001-02-03',
  ].join('\n');
  const error = await room.importRecords(csv).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({
    code: 'INPUT_MALFORMED',
    extra: {
      rows: [
        { line: 3, problem: 'mrn has fewer than four letters or digits' },
        { line: 3, problem: 'born is not a day as YYYY-MM-DD' },
        { line: 3, problem: 'mail is not an e-mail address' },
        { line: 4, problem: 'name is empty' },
        { line: 4, problem: 'mrn stands twice' },
        { line: 5, problem: 'has another number of columns than the first line' },
      ],
    },
  });
  expect(JSON.stringify(error)).not.toContain('secret-not-mail');
  expect(await room.recordIds()).toEqual([]);
});

test.each([
  ['a missing column', 'mrn,name,born\nMRN-1000,A B,2001-02-03', 1],
  ['a quote that never ends', `${HEAD}\n"MRN-1000,A B,2001-02-03`, 2],
])('a file with %s is refused by its line', async (_says, csv, line) => {
  await expect(room.importRecords(csv)).rejects.toMatchObject({
    code: 'INPUT_MALFORMED',
    extra: { rows: expect.arrayContaining([expect.objectContaining({ line })]) as unknown },
  });
});

test('each guarded value is found in a text by the name of its field; a name and an open value are not', async () => {
  await room.importRecords();
  const fields = (text: string) => room.act((tx) => room.table.guardedFieldsIn(tx, text));
  await expect(
    fields('mrn 004217, born Feb 3rd, 2001, (202) 555-0147, CANARY.ONE@mail.example.org, 5 March at 2:30 pm'),
  ).resolves.toEqual(['date_of_birth', 'email', 'identifier', 'next_appointment', 'phone']);
  await expect(fields('Hello Example Canaria Uno, please come to the North wing.')).resolves.toEqual([]);
  await expect(fields('¡¿…?!')).resolves.toEqual([]);
});

test("another tenant's records are neither matched nor guarded nor opened here", async () => {
  await room.importRecords();
  const [recordId] = await room.recordIds();
  const other = await room.db.tenant('another-clinic');
  await expect(room.act((tx) => room.table.find(tx, RIGHT), other)).resolves.toBeUndefined();
  await expect(room.act((tx) => room.table.guardedFieldsIn(tx, 'MRN-004217'), other)).resolves.toEqual([]);
  const theirs = await room.receipt(other);
  await expect(
    room.act((tx) => room.table.readValues(tx, theirs, recordId ?? ('' as never)), other),
  ).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(
    room.act((tx) => room.table.readValues(tx, theirs, recordId ?? ('' as never))),
  ).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
});

test('a receipt for one record opens no other', async () => {
  await room.importRecords();
  const [mine, theirs] = await room.recordIds();
  if (mine === undefined || theirs === undefined) throw new Error('the test has two records');
  const receipt = await room.receipt(undefined, [mine]);
  await expect(room.act((tx) => room.table.readValues(tx, receipt, mine))).resolves.toHaveLength(8);
  await expect(room.act((tx) => room.table.readValues(tx, receipt, theirs))).rejects.toMatchObject({
    code: 'ACCESS_DENIED',
  });
  await expect(room.act((tx) => room.table.readAddress(tx, receipt, theirs))).rejects.toMatchObject({
    code: 'ACCESS_DENIED',
  });
});

test('no value of a record stands readable in any table', async () => {
  await room.importRecords();
  const stored = (await room.everythingStored()).toLowerCase();
  expect(stored).toContain('records.imported');
  const values = CSV.split('\n')
    .slice(1)
    .flatMap((line) => line.split(','));
  for (const value of values.filter((one) => one !== ''))
    for (const form of [value, value.replace(/\W/g, '')]) expect(stored).not.toContain(form.toLowerCase());
});

test('when the import cannot be recorded, no record is stored', async () => {
  await room.db.owner('REVOKE INSERT ON audit_pending FROM vestibule_app');
  await expect(room.importRecords()).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
  expect(await room.recordIds()).toEqual([]);
});

test('what is imported after an import that failed opens with the keys that are stored', async () => {
  await room.db.owner('REVOKE INSERT ON audit_pending FROM vestibule_app');
  await room.importRecords().catch(() => undefined);
  await room.db.owner('GRANT INSERT ON audit_pending TO vestibule_app');
  await room.importRecords();
  const fresh = new RecordTable(new Keys(room.kms, room.clock), room.recorder, room.clock);
  const receipt = await room.receipt();
  const found = await room.act((tx) => fresh.find(tx, RIGHT));
  const values = await room.act((tx) => fresh.readValues(tx, receipt, found?.recordId ?? ('' as never)));
  expect(values).toHaveLength(8);
});

test('a definition with a field that is not a name of its own is refused', async () => {
  const definition = { ...DEFINITION, others: [{ ...DEFINITION.others[0], field: 'email' } as never] };
  await expect(room.act((tx) => room.table.importRecords(tx, CSV, definition, TESTER))).rejects.toThrow(
    'not a name of its own: email',
  );
});
