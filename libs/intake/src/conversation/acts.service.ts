import { AppError, type IntakeId } from '@app/kernel';
import {
  actorOf,
  type ClientPrincipal,
  Database,
  Gate,
  type Principal,
  type ReadReceipt,
  Recorder,
  type Tx,
} from '@app/platform';
import type { Action, Decision } from '@app/policies';
import { Injectable } from '@nestjs/common';
import { type Conversation, factsAbout, find, isPartOf, lock, notFound } from './conversation';
import { KnownConversations } from './known-conversations.service';

/** An act that was let through: who, on what, and what the log will say of it. */
export interface Admitted {
  readonly tx: Tx;
  readonly conversation: Conversation;
  readonly decision: Decision;
  /** Records what was done; the actor, the decision and the conversation are filled in. */
  readonly record: (more?: {
    readonly act?: string;
    readonly refs?: Readonly<Record<string, string>>;
    readonly detail?: Readonly<Record<string, string | number>>;
    readonly personal?: Readonly<Record<string, string>>;
    /** What the act stores sealed, such as its line in the transcript. */
    readonly ciphertext?: Buffer;
  }) => Promise<void>;
}

/** The two ways to touch a conversation: change it under its lock, or read it with a receipt. Both through the gate. */
@Injectable()
export class Acts {
  constructor(
    private readonly database: Database,
    private readonly gate: Gate,
    private readonly recorder: Recorder,
    private readonly known: KnownConversations,
  ) {}

  /**
   * Runs one act in one transaction, with the conversation locked and the policies asked.
   *
   * @throws AppError `NOT_FOUND`, `INTAKE_CLOSED` to somebody who has a part in it, `ACCESS_DENIED`, `ASSURANCE_TOO_LOW`.
   */
  async change<T>(
    principal: Principal,
    intakeId: IntakeId,
    action: Action,
    act: (admitted: Admitted) => Promise<T>,
    before?: (conversation: Conversation) => void,
  ): Promise<T> {
    return this.database.transaction(principal.tenantId, async (tx) => {
      const conversation = await this.lockOrRefuse(tx, principal, intakeId, action);
      before?.(conversation);
      if (conversation.state === 'closed' && isPartOf(principal, conversation) && action !== 'intake.rate')
        throw new AppError('INTAKE_CLOSED', 'This conversation is closed.');
      const decision = this.gate.pass(tx, { principal, action, resource: factsAbout(conversation) });
      tx.afterCommit(() => this.known.forget(principal.tenantId, intakeId));
      return act({
        tx,
        conversation,
        decision,
        record: async ({ act: name = action, ...more } = {}) => {
          await this.recorder.record(tx, {
            act: name,
            actor: actorOf(principal),
            decision,
            intakeId,
            ...more,
          });
        },
      });
    });
  }

  /**
   * Asks the policies, records the reading, and only then reads.
   *
   * @param more - `owners`: what is read beside the conversation, such as its client's record.
   * @throws AppError as `change`, `ERASED`, and `AUDIT_UNAVAILABLE`: nothing is read then.
   */
  async read<T>(
    principal: Principal,
    intakeId: IntakeId,
    action: Action,
    read: (tx: Tx, receipt: ReadReceipt, conversation: Conversation) => Promise<T>,
    more: {
      readonly owners?: (conversation: Conversation) => readonly string[];
      readonly detail?: Readonly<Record<string, string | number>>;
    } = {},
  ): Promise<T> {
    const { tenantId } = principal;
    const conversation = await this.database.transaction(tenantId, (tx) => find(tx, intakeId));
    if (conversation === undefined) throw await this.unknown(principal, intakeId, action);
    const attempt = { principal, action, resource: factsAbout(conversation) };
    const decision = this.gate.ask(attempt);
    if (!decision.allowed) throw await this.gate.refuse(attempt, decision);
    if (conversation.erasedAt !== undefined)
      throw await this.erased(principal, conversation, conversation.erasedAt, { act: action, decision });
    const receipt = await this.recorder.recordRead(
      tenantId,
      {
        act: action,
        actor: actorOf(principal),
        decision,
        intakeId,
        ...(more.detail && { detail: more.detail }),
      },
      [intakeId, ...(more.owners?.(conversation) ?? [])],
    );
    this.known.forget(tenantId, intakeId);
    return this.database.transaction(tenantId, (tx) => read(tx, receipt, conversation));
  }

  /** Lets a client go, whatever state the conversation is in. */
  async leave(client: ClientPrincipal, act: (tx: Tx) => Promise<void>): Promise<void> {
    await this.database.transaction(client.tenantId, async (tx) => {
      const conversation = await lock(tx, client.intakeId);
      const decision = this.gate.pass(tx, {
        principal: client,
        action: 'intake.leave',
        resource: factsAbout(conversation),
      });
      await act(tx);
      await this.recorder.record(tx, {
        act: 'intake.leave',
        actor: actorOf(client),
        decision,
        intakeId: client.intakeId,
      });
      tx.afterCommit(() => this.known.forget(client.tenantId, client.intakeId));
    });
  }

  /** Records that somebody asked for what is gone, and returns the error to throw. */
  private async erased(
    principal: Principal,
    { tenantId, intakeId }: Conversation,
    at: Date,
    asked: { readonly act: Action; readonly decision: Decision },
  ): Promise<AppError> {
    await this.recorder.recordRefusal(tenantId, {
      ...asked,
      actor: actorOf(principal),
      intakeId,
      detail: { reason: 'erased' },
    });
    return new AppError('ERASED', 'This conversation was erased. Nobody can read it any more.', {
      extra: { erasedAt: at.toISOString() },
    });
  }

  private async lockOrRefuse(
    tx: Tx,
    principal: Principal,
    intakeId: IntakeId,
    action: Action,
  ): Promise<Conversation> {
    try {
      return await lock(tx, intakeId);
    } catch (error) {
      if (error instanceof AppError && error.code === 'NOT_FOUND')
        tx.afterRollback(async () => {
          await this.unknown(principal, intakeId, action);
        });
      throw error;
    }
  }

  /** Somebody asked for a conversation that their tenant does not have: worth an entry. */
  private async unknown(principal: Principal, intakeId: IntakeId, action: Action): Promise<AppError> {
    await this.recorder.recordRefusal(principal.tenantId, {
      act: action,
      actor: actorOf(principal),
      refs: { asked: intakeId },
      detail: { reason: 'not-found' },
    });
    return notFound();
  }
}
