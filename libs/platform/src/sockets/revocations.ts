import { type Clock, type IntakeId, MINUTE, type StaffId, type TenantId } from '@app/kernel';

/** Why a session is over: the page says it to the person. */
export type EndReason = 'signed-out' | 'disabled' | 'expired' | 'replaced' | 'erased';

/** Access that was taken away: all of a staff member's, one session's, or everybody's to one conversation. */
export interface Revocation {
  readonly tenantId: TenantId;
  readonly staffId?: StaffId;
  readonly sessionId?: string;
  readonly intakeId?: IntakeId;
  readonly reason: EndReason;
}

/** Whoever holds something open for a person (a socket, media) listens here and lets go at once. */
export class Revocations {
  private readonly listeners = new Set<(revocation: Revocation) => void>();
  private recent: { readonly revocation: Revocation; readonly atMs: number }[] = [];

  constructor(private readonly clock: Clock) {}

  /** @returns how to stop listening. */
  listen(listener: (revocation: Revocation) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Whether this session's access was taken away after an instant: of a ticket that is being used now, when it was made. */
  hasEndedSince(madeAt: Date, held: Parameters<typeof concerns>[1]): boolean {
    return this.recent.some(({ revocation, atMs }) => atMs >= madeAt.getTime() && concerns(revocation, held));
  }

  /** Tells everybody. Call it after the transaction that took the access away has committed. */
  tell(revocation: Revocation): void {
    const atMs = this.clock.now().getTime();
    this.recent = [...this.recent.filter((one) => atMs - one.atMs < REMEMBERED_MS), { revocation, atMs }];
    for (const listener of this.listeners) listener(revocation);
  }
}

/** Longer than a ticket lives: one that was made before a revocation opens nothing after it. */
const REMEMBERED_MS = MINUTE;

/** Whether a revocation is about this session: of a person, or of what stands open for a conversation. */
export function concerns(
  revocation: Revocation,
  held: {
    readonly tenantId: TenantId;
    readonly staffId?: StaffId;
    readonly sessionId: string;
    readonly intakeId?: IntakeId;
  },
): boolean {
  if (revocation.tenantId !== held.tenantId) return false;
  if (revocation.intakeId !== undefined) return revocation.intakeId === held.intakeId;
  if (revocation.sessionId !== undefined) return revocation.sessionId === held.sessionId;
  return revocation.staffId !== undefined && revocation.staffId === held.staffId;
}
