import { ApiError, type Consult, type IntakeChange, type Verification } from '@app/ui';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useDesk } from '../desk/desk-provider';
import type { StaffIntake } from '../protocol';
import { useSession } from '../session/session';

export interface IntakeView {
  intake?: StaffIntake;
  error?: unknown;
  reload(): void;
  /** Takes over what an answer said, before the event that says the same arrives. */
  setVerification(verification: Verification): void;
  setConsult(consult: Consult): void;
}

/** Keeps one conversation's details up to date: asked for once, changed by events, asked for again after a reconnection. */
export function useIntake(intakeId: string): IntakeView {
  const { ask } = useSession();
  const { connection, opened, forget } = useDesk();
  const [state, setState] = useState<{ intake?: StaffIntake; error?: unknown }>(() => {
    const intake = opened.get(intakeId);
    return intake === undefined ? {} : { intake };
  });
  const turn = useRef(0);

  const reload = useCallback(() => {
    const mine = ++turn.current;
    ask.get<StaffIntake>(`/api/staff/intakes/${intakeId}`).then(
      (intake) => mine === turn.current && setState({ intake }),
      (error: unknown) => mine === turn.current && setState((was) => ({ ...was, error })),
    );
  }, [ask, intakeId]);
  useEffect(() => {
    if (!opened.delete(intakeId)) reload();
    return () => {
      turn.current++;
    };
  }, [opened, intakeId, reload]);

  const patch = useCallback((change: (was: StaffIntake) => StaffIntake) => {
    setState((was) => (was.intake === undefined ? was : { ...was, intake: change(was.intake) }));
  }, []);
  useEffect(() => {
    if (connection === undefined) return;
    let first = connection.state !== 'online';
    const stops = [
      connection.on('change', (change) => {
        if (change.intakeId !== intakeId) return;
        if (change.erased !== true) {
          patch((was) => changed(was, change));
          return;
        }
        // Erased while it stood open here: nothing of it stays in this page.
        turn.current++;
        forget(intakeId);
        setState({ error: new ApiError('ERASED', 'This conversation was erased.') });
      }),
      connection.on('online', () => {
        if (!first) reload();
        first = false;
      }),
    ];
    return () => stops.forEach((stop) => stop());
  }, [connection, intakeId, patch, reload, forget]);

  return {
    ...state,
    reload,
    setVerification: useCallback((verification) => patch((was) => ({ ...was, verification })), [patch]),
    setConsult: useCallback((consult) => patch((was) => ({ ...was, consult })), [patch]),
  };
}

/** What an event does not name is gone: it always carries the whole state. */
function changed(was: StaffIntake, change: IntakeChange): StaffIntake {
  const { consult: _consult, assignee: _assignee, ...rest } = was;
  const { intakeId: _intakeId, queueId: _queueId, ...now } = change;
  return { ...rest, ...now };
}
