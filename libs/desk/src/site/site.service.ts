import { AppError, type Clock, newId, type QueueId, SECOND, type SiteId, type TenantId } from '@app/kernel';
import { type Act, CLOCK, Database, Recorder, type Tx } from '@app/platform';
import { Inject, Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { type Locale, parseText, type Text } from '../form/text';
import { parseDefinition, queuesServing, type SiteDefinition } from './site-definition';
import { isName, SLUG } from './site-name';
import type { Sector } from '../tenant/tenant.service';

export interface Notice {
  readonly version: number;
  readonly text: Text;
}

/** A site, whole: what its page shows and what an intake is started by. */
export interface SiteView {
  readonly tenantId: TenantId;
  readonly siteId: SiteId;
  readonly slug: string;
  readonly name: string;
  readonly sector: Sector;
  readonly definition: SiteDefinition;
  readonly notice: Notice;
}

export interface SiteCard {
  readonly slug: string;
  readonly name: string;
  readonly sector: Sector;
  readonly tagline: Text;
}

export interface Queue {
  readonly id: QueueId;
  readonly name: string;
}

export interface NewSite {
  readonly slug: string;
  readonly name: string;
  readonly definition: SiteDefinition;
  readonly notice: Text;
}

/** How long a site is shown as it was read. A changed notice is refused by `agreedNotice`, which reads it anew. */
const CACHE_LIFE_MS = 5 * SECOND;
const MAX_CACHED = 500;
const MAX_NOTICE_LENGTH = 20_000;

interface SiteRow {
  slug: string;
  name: string;
  definition: unknown;
  sector: Sector;
  version: number;
  body: Text;
}

/** The sites of every tenant: where a client begins. */
@Injectable()
export class SiteService {
  private readonly cache = new Map<string, { readonly site: SiteView; readonly until: number }>();

  constructor(
    private readonly database: Database,
    private readonly recorder: Recorder,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Returns the site at an address, as it was at most five seconds ago. @throws AppError `NOT_FOUND`. */
  async bySlug(slug: string): Promise<SiteView> {
    const now = this.clock.now().getTime();
    const held = this.cache.get(slug);
    if (held !== undefined && now < held.until) return held.site;
    const site = SLUG.test(slug) ? await this.find(slug) : undefined;
    if (site === undefined) throw new AppError('NOT_FOUND', 'There is no such site.');
    if (this.cache.size >= MAX_CACHED) this.cache.clear();
    this.cache.set(slug, { site, until: now + CACHE_LIFE_MS });
    return site;
  }

  /** Returns one site of the transaction's tenant, read now. @throws AppError `NOT_FOUND`. */
  async byId(tx: Tx, siteId: SiteId): Promise<SiteView> {
    const [row] = await tx.query<SiteRow>(
      `SELECT s.slug, s.name, s.definition, t.sector, n.version, n.body
       FROM site s
       JOIN tenant t ON t.tenant_id = s.tenant_id
       JOIN LATERAL (SELECT version, body FROM notice n WHERE n.tenant_id = s.tenant_id AND n.site_id = s.site_id
                     ORDER BY version DESC LIMIT 1) n ON true
       WHERE s.tenant_id = $1 AND s.site_id = $2`,
      [tx.tenantId, siteId],
    );
    if (row === undefined) throw new AppError('NOT_FOUND', 'There is no such site.');
    return {
      tenantId: tx.tenantId,
      siteId,
      slug: row.slug,
      name: row.name,
      sector: row.sector,
      definition: parseDefinition(row.definition),
      notice: { version: row.version, text: row.body },
    };
  }

  /** Returns every site of every tenant, by name. For the page of a demo: a real house does not list its tenants. */
  async list(): Promise<SiteCard[]> {
    const addresses = await this.database.directory<{ slug: string }>(
      "SELECT slug FROM address WHERE kind = 'site' ORDER BY slug",
      [],
    );
    const cards: SiteCard[] = [];
    for (const address of addresses) {
      const { slug, name, sector, definition } = await this.bySlug(address.slug);
      cards.push({ slug, name, sector, tagline: definition.tagline });
    }
    return cards.sort((a, b) => a.name.localeCompare(b.name));
  }

  /** Returns those of the queues that the tenant has, by name. */
  queuesOf(tx: Tx, queueIds: readonly QueueId[]): Promise<Queue[]> {
    return tx.query<Queue>(
      'SELECT queue_id AS id, name FROM queue WHERE tenant_id = $1 AND queue_id = ANY($2::uuid[]) ORDER BY name',
      [tx.tenantId, queueIds],
    );
  }

  /**
   * Returns what is kept of a client's yes to a notice: SHA-256 of the exact words, UTF-8, in the language they were
   * shown in.
   *
   * @throws AppError `NOTICE_CHANGED` if this is not the newest version.
   */
  async agreedNotice(
    tx: Tx,
    siteId: SiteId,
    version: number,
    locale: Locale,
  ): Promise<{ readonly version: number; readonly textSha256: Buffer }> {
    const [newest] = await tx.query<{ version: number; body: Text }>(
      'SELECT version, body FROM notice WHERE tenant_id = $1 AND site_id = $2 ORDER BY version DESC LIMIT 1',
      [tx.tenantId, siteId],
    );
    if (newest === undefined || newest.version !== version)
      throw new AppError(
        'NOTICE_CHANGED',
        'The privacy notice has changed. Please read it and say yes again.',
      );
    return { version, textSha256: createHash('sha256').update(newest.body[locale], 'utf8').digest() };
  }

  /** Adds the next version of a site's notice. Older ones stay: somebody said yes to them. Returns its number. */
  async publishNotice(tx: Tx, actor: Act['actor'], siteId: SiteId, notice: Text): Promise<number> {
    const text = parseText('notice', MAX_NOTICE_LENGTH, notice);
    const [site] = await tx.query<{ slug: string }>(
      'SELECT slug FROM site WHERE tenant_id = $1 AND site_id = $2 FOR UPDATE',
      [tx.tenantId, siteId],
    );
    if (site === undefined) throw new AppError('NOT_FOUND', 'There is no such site.');
    const [added] = await tx.query<{ version: number }>(
      `INSERT INTO notice (tenant_id, site_id, version, body, published_at)
       SELECT $1, $2, coalesce(max(version), 0) + 1, $3, $4 FROM notice WHERE tenant_id = $1 AND site_id = $2
       RETURNING version`,
      [tx.tenantId, siteId, JSON.stringify(text), this.clock.now()],
    );
    const version = added?.version ?? 1;
    await this.recorder.record(tx, {
      act: 'notice.published',
      actor,
      refs: { site: siteId },
      detail: { version },
    });
    tx.afterCommit(() => this.cache.delete(site.slug));
    return version;
  }

  /** Adds a queue and returns its id. @throws AppError `INPUT_MALFORMED` for a name that is empty or too long. */
  async addQueue(tx: Tx, actor: Act['actor'], name: string): Promise<QueueId> {
    if (!isName(name)) throw malformed('name');
    const queueId = newId<QueueId>();
    await tx.query('INSERT INTO queue (tenant_id, queue_id, name) VALUES ($1, $2, $3)', [
      tx.tenantId,
      queueId,
      name,
    ]);
    await this.recorder.record(tx, { act: 'queue.added', actor, refs: { queue: queueId } });
    return queueId;
  }

  /**
   * Adds a site with the first version of its notice, and its public address.
   *
   * @throws AppError `INPUT_MALFORMED` naming the fields that are wrong: also for an address that is taken, and for a
   * topic whose queue the tenant does not have.
   */
  async addSite(tx: Tx, actor: Act['actor'], site: NewSite): Promise<SiteId> {
    if (!SLUG.test(site.slug)) throw malformed('slug');
    if (!isName(site.name)) throw malformed('name');
    const definition = parseDefinition(site.definition);
    const wanted = queuesServing(definition);
    if ((await this.queuesOf(tx, wanted)).length !== wanted.length) throw malformed('topics');

    const siteId = newId<SiteId>();
    const taken = await tx.query(
      `INSERT INTO address (kind, slug, belongs_to, site_id) VALUES ('site', $1, $2, $3)
       ON CONFLICT DO NOTHING RETURNING slug`,
      [site.slug, tx.tenantId, siteId],
    );
    if (taken.length === 0) throw malformed('slug');
    await tx.query(
      'INSERT INTO site (tenant_id, site_id, slug, name, definition) VALUES ($1, $2, $3, $4, $5)',
      [tx.tenantId, siteId, site.slug, site.name, JSON.stringify(definition)],
    );
    await this.recorder.record(tx, { act: 'site.added', actor, refs: { site: siteId } });
    await this.publishNotice(tx, actor, siteId, site.notice);
    return siteId;
  }

  private async find(slug: string): Promise<SiteView | undefined> {
    const [address] = await this.database.directory<{ belongs_to: TenantId; site_id: SiteId }>(
      "SELECT belongs_to, site_id FROM address WHERE kind = 'site' AND slug = $1",
      [slug],
    );
    return address && this.database.transaction(address.belongs_to, (tx) => this.byId(tx, address.site_id));
  }
}

function malformed(field: string): AppError {
  return new AppError('INPUT_MALFORMED', `Not what this door takes: ${field}.`, {
    extra: { fields: [field] },
  });
}
