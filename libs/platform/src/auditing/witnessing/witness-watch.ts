import { type Clock, SECOND, type TenantId } from '@app/kernel';
import type { Action, EvidencePolicy } from '@app/policies';

/**
 * Knows how long each log has been without enough witnesses, and which acts wait for that. Asked by the gate, and
 * answers from memory: it is told once a second.
 */
export class WitnessWatch {
  /** When the oldest checkpoint was signed that too few witnesses have seen, by tenant. */
  private unwitnessed: ReadonlyMap<TenantId, Date> = new Map();
  private toldAt: Date | undefined;

  constructor(
    private readonly policy: EvidencePolicy,
    /** Whether any witness is set up. Without one nothing waits. */
    private readonly isNeeded: boolean,
    private readonly clock: Clock,
  ) {}

  tell(unwitnessed: ReadonlyMap<TenantId, Date>): void {
    this.unwitnessed = unwitnessed;
    this.toldAt = this.clock.now();
  }

  /** Whether an act that the policies allow must wait for the witnesses: `policies/governance/evidence.json`. */
  holds(tenantId: TenantId, action: Action): boolean {
    if (!this.isNeeded || !this.policy.heldActs.includes(action)) return false;
    // Nobody has said anything yet: that is not known to be good.
    if (this.toldAt === undefined) return true;
    const since = this.unwitnessed.get(tenantId) ?? this.toldAt;
    return this.clock.now().getTime() - since.getTime() > this.policy.witnessLagSeconds * SECOND;
  }
}
