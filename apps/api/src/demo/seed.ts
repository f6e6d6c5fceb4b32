import { CannedReplyService, SiteService, TenantService } from '@app/desk';
import { RecordTable } from '@app/identity';
import { type Clock, DAY, later, type QueueId, type TenantId } from '@app/kernel';
import { type Act, CLOCK, Database, Keys, type Role, type Tx } from '@app/platform';
import { Roster } from '@app/staff';
import type { INestApplicationContext } from '@nestjs/common';
import { generateSecret } from 'otplib';
import { randomInt } from 'node:crypto';
import { CLINIC } from './clinic';
import type { DemoTenant } from './demo-tenant';
import { LAW_FIRM } from './law-firm';
import { SCHOOL } from './school';

/** How to sign in as one of the demo's staff. Printed at start. */
export interface SignIn {
  /** What is typed as the organisation. */
  readonly organisation: string;
  readonly role: Role;
  readonly email: string;
  readonly password: string;
  /** Base32, for an authenticator app. */
  readonly totpSecret: string;
  /** Address of the organisation's site. */
  readonly site: string;
}

/** What lets everybody in: made at random for each installation, the same for all of its demo's staff. */
interface Pass {
  readonly password: string;
  readonly totpSecret: string;
}

export const DEMO_TENANTS: readonly DemoTenant[] = [CLINIC, LAW_FIRM, SCHOOL];
const PASS = 'demo-pass';
const ACTOR: Act['actor'] = { kind: 'system', id: 'demo-seed' };

/**
 * Sees that the demo's organisations are there, each in one transaction, and returns how to sign in to them. What is
 * there already stays as it is. An organisation of that name that the demo did not make is left alone.
 */
export async function seedDemo(app: Pick<INestApplicationContext, 'get'>): Promise<SignIn[]> {
  const tenants = app.get(TenantService);
  let pass: Pass | undefined;
  const signIns: SignIn[] = [];
  for (const demo of DEMO_TENANTS) {
    const made = pass ?? newPass();
    const setUp = (tx: Tx) => fillTenant(app, tx, demo, made);
    const before = await tenants.bySlug(demo.slug);
    const tenantId = before ?? (await tenants.add(ACTOR, demo, setUp)) ?? (await tenants.bySlug(demo.slug));
    const kept = tenantId && (await readPass(app, tenantId));
    if (kept === undefined) continue;
    pass ??= kept;
    signIns.push(...signInsOf(demo, kept));
  }
  return signIns;
}

async function fillTenant(
  app: Pick<INestApplicationContext, 'get'>,
  tx: Tx,
  demo: DemoTenant,
  pass: Pass,
): Promise<void> {
  const sites = app.get(SiteService);
  const queues = new Map<string, QueueId>();
  for (const [key, name] of Object.entries(demo.queues))
    queues.set(key, await sites.addQueue(tx, ACTOR, name));
  const queue = (key: string): QueueId => {
    const queueId = queues.get(key);
    if (queueId === undefined) throw new Error(`The demo has no queue ${key}.`);
    return queueId;
  };

  const { slug, name, definition, topics, notice } = demo.site;
  const topicQueues = Object.fromEntries(Object.entries(topics).map(([topic, key]) => [topic, queue(key)]));
  await sites.addSite(tx, ACTOR, { slug, name, definition: { ...definition, topics: topicQueues }, notice });
  for (const { title, body } of demo.replies) await app.get(CannedReplyService).add(tx, ACTOR, title, body);
  for (const { email, name: staffName, role, queues: keys } of demo.staff)
    await app.get(Roster).addStaff(tx, {
      email,
      name: staffName,
      roles: [role],
      queues: keys.map(queue),
      ...pass,
    });

  const now = app.get<Clock>(CLOCK).now();
  const { csv, definition: columns } = demo.records;
  await app.get(RecordTable).importRecords(
    tx,
    csv((ahead) => workingDay(now, ahead)),
    columns,
    ACTOR,
  );
  await app.get(Keys).keepSecret(tx, PASS, Buffer.from(JSON.stringify(pass), 'utf8'));
}

/** The pass is kept so that a second start can print it too. Only a demo keeps one. */
async function readPass(
  app: Pick<INestApplicationContext, 'get'>,
  tenantId: TenantId,
): Promise<Pass | undefined> {
  const kept = await app.get(Database).transaction(tenantId, (tx) => app.get(Keys).readSecret(tx, PASS));
  return kept && (JSON.parse(kept.toString('utf8')) as Pass);
}

function signInsOf({ slug, staff, site }: DemoTenant, pass: Pass): SignIn[] {
  return staff.map(({ email, role }) => ({
    organisation: slug,
    role,
    email,
    ...pass,
    site: `/p/${site.slug}`,
  }));
}

/** Twelve letters that are not taken for one another: 24^12 is more than 2^55. */
function newPass(): Pass {
  const letters = Array.from({ length: 12 }, () => 'abcdefghijkmnpqrstuvwxyz'.charAt(randomInt(24)));
  const password = [letters.slice(0, 4), letters.slice(4, 8), letters.slice(8)]
    .map((part) => part.join(''))
    .join('-');
  return { password, totpSecret: generateSecret({ length: 20 }) };
}

/** Returns the date so many days from now, or the Monday after it if it is a weekend. `YYYY-MM-DD`, UTC. */
function workingDay(now: Date, ahead: number): string {
  const date = later(now, ahead * DAY);
  const weekend = { 0: 1, 6: 2 }[date.getUTCDay()] ?? 0;
  return later(date, weekend * DAY)
    .toISOString()
    .slice(0, 10);
}
