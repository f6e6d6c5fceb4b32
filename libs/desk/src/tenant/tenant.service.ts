import { AppError, type Clock, newId, type TenantId } from '@app/kernel';
import { type Act, CLOCK, Database, Recorder, type Tx } from '@app/platform';
import { Inject, Injectable } from '@nestjs/common';
import { isName, SLUG } from '../site/site-name';

export type Sector = 'clinic' | 'law' | 'school';

export interface NewTenant {
  /** What staff type to sign in, and what stands in addresses. */
  readonly slug: string;
  readonly name: string;
  readonly sector: Sector;
}

/** The organisations of a house. Setting one up is for whoever runs the house; no door leads here. */
@Injectable()
export class TenantService {
  constructor(
    private readonly database: Database,
    private readonly recorder: Recorder,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Returns the tenant whose organisation has this name in addresses, or nothing. */
  async bySlug(slug: string): Promise<TenantId | undefined> {
    const [address] = await this.database.directory<{ belongs_to: TenantId }>(
      "SELECT belongs_to FROM address WHERE kind = 'organisation' AND slug = $1",
      [slug],
    );
    return address?.belongs_to;
  }

  /**
   * Adds a tenant with its log and its address, and does what sets it up in the same transaction: there is a whole
   * tenant, or none. Returns its id; nothing, without calling `setUp`, if the slug is taken.
   *
   * @throws AppError `INPUT_MALFORMED` for a slug or a name that cannot be one; whatever `setUp` throws.
   */
  async add(
    actor: Act['actor'],
    tenant: NewTenant,
    setUp: (tx: Tx) => Promise<void>,
  ): Promise<TenantId | undefined> {
    const fields = [...(SLUG.test(tenant.slug) ? [] : ['slug']), ...(isName(tenant.name) ? [] : ['name'])];
    if (fields.length > 0)
      throw new AppError('INPUT_MALFORMED', `Not what this door takes: ${fields.join(', ')}.`, {
        extra: { fields },
      });
    const tenantId = newId<TenantId>();
    return this.database.transaction(tenantId, async (tx) => {
      // Two programs that set up the same tenant at once: the second waits here, and then adds nothing.
      const added = await tx.query(
        `INSERT INTO tenant (tenant_id, slug, name, sector, created_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT DO NOTHING RETURNING tenant_id`,
        [tenantId, tenant.slug, tenant.name, tenant.sector, this.clock.now()],
      );
      if (added.length === 0) return undefined;
      await tx.query('INSERT INTO audit_head (tenant_id) VALUES ($1)', [tenantId]);
      await tx.query("INSERT INTO address (kind, slug, belongs_to) VALUES ('organisation', $1, $2)", [
        tenant.slug,
        tenantId,
      ]);
      await this.recorder.record(tx, { act: 'tenant.created', actor, detail: { sector: tenant.sector } });
      await setUp(tx);
      return tenantId;
    });
  }
}
