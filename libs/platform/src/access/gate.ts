import { AppError } from '@app/kernel';
import type { AccessRequest, Action, Decision, PolicySet } from '@app/policies';
import type { Act, Recorder } from '../auditing/recording/recorder';
import type { WitnessWatch } from '../auditing/witnessing/witness-watch';
import type { Tx } from '../database/database';
import { actorOf, factsOf, type Principal } from './principal';

export interface Attempt {
  readonly principal: Principal;
  readonly action: Action;
  readonly resource: AccessRequest['resource'];
  readonly purpose?: string;
}

/** What the log names as having decided: `governance/evidence.json`. */
const HELD_BY = 'evidence.witnessLagSeconds';

/** Asks the policies. The one way to everything that belongs to somebody goes through here. */
export class Gate {
  constructor(
    private readonly policies: PolicySet,
    private readonly recorder: Recorder,
    /** Knows what waits while the log is without its witnesses. */
    private readonly watch?: WitnessWatch,
  ) {}

  /** Returns what the policies say, and records nothing. For whoever records the answer, yes or no, themselves. */
  ask(attempt: Attempt): Decision {
    const decision = this.decide(attempt);
    const { principal, action } = attempt;
    if (!decision.allowed || this.watch?.holds(principal.tenantId, action) !== true) return decision;
    return { ...decision, allowed: false, policies: [HELD_BY] };
  }

  /**
   * Returns the decision that allowed the attempt; the caller records it with what it does.
   *
   * A refusal is recorded when the caller's transaction has rolled back, in one of its own: a refusal that leaves no
   * trace is the one that we most want to see.
   *
   * @throws AppError `ACCESS_DENIED`; `ASSURANCE_TOO_LOW` if nothing but the client's assurance level is missing;
   * `NOT_WITNESSED` if the policies allow it and it must wait for the log's witnesses.
   */
  pass(tx: Tx, attempt: Attempt): Decision {
    const decision = this.ask(attempt);
    if (decision.allowed) return decision;
    tx.afterRollback(() => this.recordRefusal(attempt, decision));
    throw this.refusal(attempt);
  }

  /** Records a refusal that was decided outside a transaction, and returns the error to throw. */
  async refuse(attempt: Attempt, decision: Decision): Promise<AppError> {
    await this.recordRefusal(attempt, decision);
    return this.refusal(attempt);
  }

  private decide({ principal, action, resource, purpose }: Attempt): Decision {
    return this.policies.decide({
      action,
      principal: factsOf(principal),
      resource,
      ...(purpose !== undefined && { purpose }),
    });
  }

  private refusal(attempt: Attempt): AppError {
    if (this.decide(attempt).allowed)
      return new AppError(
        'NOT_WITNESSED',
        'The witnesses of the log have been away for too long, so this has to wait until they are back.',
      );
    if (attempt.resource.kind === 'intake' && attempt.resource.level < 1) {
      const known = this.ask({ ...attempt, resource: { ...attempt.resource, level: 1 } });
      if (known.allowed)
        return new AppError(
          'ASSURANCE_TOO_LOW',
          "The client's identity is not confirmed yet. Ask them to verify it first.",
        );
    }
    return new AppError('ACCESS_DENIED', 'You do not have access to this.');
  }

  private recordRefusal(
    { principal, action, resource, purpose }: Attempt,
    decision: Decision,
  ): Promise<void> {
    const act: Act = {
      act: action,
      actor: actorOf(principal),
      decision,
      ...(resource.kind === 'intake' && resource.tenant === principal.tenantId && { intakeId: resource.id }),
      ...(purpose !== undefined && { purpose }),
    };
    return this.recorder.recordRefusal(principal.tenantId, act);
  }
}
