import 'reflect-metadata';
import { AppError } from '@app/kernel';
import { parseArgs } from 'node:util';
import { addOrganisation, parseOrganisation } from './start/organisation';

const USAGE = `usage: npm run admin:create -- --organisation SLUG --name "NAME" --sector clinic|law|school
                              --email E-MAIL --person "NAME" [--setup FILE.json]

Makes an organisation with its first administrator, and with --setup its queues, site, replies and staff
(docs/OPERATIONS.md shows such a file). Passwords and second factors are made here and shown once.`;

async function run(): Promise<void> {
  const { values } = parseArgs({
    options: {
      organisation: { type: 'string' },
      name: { type: 'string' },
      sector: { type: 'string' },
      email: { type: 'string' },
      person: { type: 'string' },
      setup: { type: 'string' },
    },
  });
  for (const { email, password, otpauthUri } of await addOrganisation(
    process.env,
    await parseOrganisation(values),
  ))
    process.stdout.write(`\n${email}\n  password       ${password}\n  second factor  ${otpauthUri}\n`);
}

run().then(
  () => process.exit(0),
  (error: unknown) => {
    const fields = error instanceof AppError ? error.extra['fields'] : undefined;
    const which = Array.isArray(fields) ? ` (${fields.join(', ')})` : '';
    process.stderr.write(
      `${error instanceof Error ? error.message : 'Unknown fault.'}${which}\n\n${USAGE}\n`,
    );
    process.exit(1);
  },
);
