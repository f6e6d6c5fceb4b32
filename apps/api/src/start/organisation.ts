import { newSecret } from '@app/crypto';
import { CannedReplyService, DeskModule, parseDefinition, SiteService, TenantService } from '@app/desk';
import { AppError, type QueueId } from '@app/kernel';
import {
  type Act,
  migrate,
  parse,
  PlatformModule,
  prepareRoles,
  readConfig,
  type Role,
  type Tx,
} from '@app/platform';
import { Roster, StaffModule } from '@app/staff';
import { type DynamicModule, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { places } from './places';
import { rolePasswords } from './role-passwords';

type Environment = Readonly<Record<string, string | undefined>>;
const ACTOR: Act['actor'] = { kind: 'system', id: 'first-administrator' };
const ROLES = [
  'receptionist',
  'clinician',
  'supervisor',
  'compliance-officer',
  'administrator',
] as const satisfies Role[];

const Text = z.strictObject({ en: z.string(), es: z.string() });
const Setup = z.strictObject({
  /** Names of queues, by the key that the rest of the file names them by. */
  queues: z.record(z.string(), z.string()),
  site: z.strictObject({
    slug: z.string(),
    name: z.string(),
    /** Checked by libs/desk; without `topics`. */
    definition: z.record(z.string(), z.unknown()),
    /** Which queue a topic goes to, by its key. */
    topics: z.record(z.string(), z.string()),
    notice: Text,
  }),
  replies: z.array(z.strictObject({ title: z.string(), body: Text })).default([]),
  staff: z
    .array(
      z.strictObject({
        email: z.email(),
        name: z.string().min(1),
        roles: z.array(z.enum(ROLES)).min(1),
        queues: z.array(z.string()).default([]),
      }),
    )
    .default([]),
});

const Organisation = z.strictObject({
  organisation: z.string(),
  name: z.string().min(1),
  sector: z.enum(['clinic', 'law', 'school']),
  email: z.email(),
  person: z.string().min(1),
  setup: Setup.optional(),
});
type Organisation = z.infer<typeof Organisation>;

/** What somebody signs in with. Shown once. */
export interface Credentials {
  readonly email: string;
  readonly password: string;
  readonly otpauthUri: string;
}

/** Reads the command's words and its file. @throws AppError `INPUT_MALFORMED` naming what is wrong or missing. */
export async function parseOrganisation(
  words: Readonly<Record<string, string | undefined>>,
): Promise<Organisation> {
  const { setup, ...rest } = words;
  if (setup === undefined) return parse(Organisation, rest);
  return parse(Organisation, { ...rest, setup: JSON.parse(await readFile(setup, 'utf8')) as unknown });
}

/**
 * Makes an organisation, whole or not at all, and returns what its people sign in with.
 *
 * @throws AppError `STEP_NOT_ALLOWED` if there is one of this name already.
 */
export async function addOrganisation(env: Environment, organisation: Organisation): Promise<Credentials[]> {
  const config = readConfig(env);
  const urls = await prepareRoles(config.databaseUrl, await rolePasswords(config.home));
  await migrate(config.databaseUrl);
  const { access } = places(process.cwd());
  const platform = PlatformModule.forRoot({
    config,
    urls,
    policies: access,
    smtpUrl: config.smtpUrl ?? 'smtp://127.0.0.1',
  });
  const app = await NestFactory.createApplicationContext(SetUpModule.with(platform), {
    logger: ['error', 'fatal'],
  });
  try {
    const credentials: Credentials[] = [];
    const { organisation: slug, name, sector } = organisation;
    const added = await app.get(TenantService).add(ACTOR, { slug, name, sector }, async (tx) => {
      const queues = await addDesk(app, tx, organisation);
      const people = [
        {
          email: organisation.email,
          name: organisation.person,
          roles: ['administrator' as const],
          queues: [],
        },
        ...(organisation.setup?.staff ?? []),
      ];
      for (const { email, name: person, roles, queues: keys } of people) {
        const password = newSecret().slice(0, 20);
        const { otpauthUri } = await app.get(Roster).addStaff(tx, {
          email: email.toLowerCase(),
          name: person,
          roles,
          password,
          queues: keys.map((key) => named(queues, key)),
        });
        credentials.push({ email, password, otpauthUri });
      }
    });
    if (added === undefined)
      throw new AppError('STEP_NOT_ALLOWED', 'There is an organisation of this name already.');
    return credentials;
  } finally {
    await app.close();
  }
}

async function addDesk(
  app: { get<T>(token: new (...args: never[]) => T): T },
  tx: Tx,
  { setup }: Organisation,
): Promise<ReadonlyMap<string, QueueId>> {
  const queues = new Map<string, QueueId>();
  if (setup === undefined) return queues;
  const sites = app.get(SiteService);
  for (const [key, name] of Object.entries(setup.queues))
    queues.set(key, await sites.addQueue(tx, ACTOR, name));
  const topics = Object.fromEntries(
    Object.entries(setup.site.topics).map(([topic, key]) => [topic, named(queues, key)]),
  );
  const { slug, name, definition, notice } = setup.site;
  await sites.addSite(tx, ACTOR, {
    slug,
    name,
    definition: parseDefinition({ ...definition, topics }),
    notice,
  });
  for (const { title, body } of setup.replies) await app.get(CannedReplyService).add(tx, ACTOR, title, body);
  return queues;
}

function named(queues: ReadonlyMap<string, QueueId>, key: string): QueueId {
  const queueId = queues.get(key);
  if (queueId === undefined)
    throw new AppError('INPUT_MALFORMED', `The file has no queue ${key}.`, { extra: { fields: ['queues'] } });
  return queueId;
}

@Module({})
class SetUpModule {
  static with(platform: DynamicModule): DynamicModule {
    return { module: SetUpModule, imports: [platform, StaffModule, DeskModule] };
  }
}
