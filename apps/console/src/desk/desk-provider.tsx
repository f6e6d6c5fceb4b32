import { ChatConnection, randomFraction, randomId } from '@app/ui';
import {
  createContext,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
  type ReactNode,
} from 'react';
import type { StaffIntake } from '../protocol';
import { useQueue, type QueueView } from '../queue/use-queue';
import { useSession } from '../session/session';

/** What the desk keeps while one is signed in, whichever page is open. In memory only. */
export interface Desk {
  /** Absent for the moment before the first socket is made. */
  connection: ChatConnection | undefined;
  queue: QueueView;
  muted: boolean;
  setMuted(muted: boolean): void;
  /** Single-key shortcuts can be turned off: WCAG 2.2, 2.1.4. */
  keysOn: boolean;
  setKeysOn(on: boolean): void;
  /** Half-written messages, by conversation. */
  drafts: Map<string, string>;
  /** What a claim answered, so that the conversation opens without being asked for again. */
  opened: Map<string, StaffIntake>;
  /** Keeps a conversation up to date from now on, also while another one is open. */
  follow(intakeId: string): void;
  /** Ends that, and forgets its draft. */
  forget(intakeId: string): void;
}

const DeskContext = createContext<Desk | undefined>(undefined);

/** @throws Error outside of the pages of the desk. */
export function useDesk(): Desk {
  const desk = useContext(DeskContext);
  if (desk === undefined) throw new Error('There is no desk here.');
  return desk;
}

export function useMaybeDesk(): Desk | undefined {
  return useContext(DeskContext);
}

export function DeskProvider({ children }: { children: ReactNode }) {
  const { me, ask, end } = useSession();
  const [connection, setConnection] = useState<ChatConnection>();
  const [muted, setMuted] = useState(false);
  const [keysOn, setKeysOn] = useState(true);
  const drafts = useRef(new Map<string, string>()).current;
  const opened = useRef(new Map<string, StaffIntake>()).current;
  const stops = useRef(new Map<string, () => void>()).current;

  useEffect(() => {
    const made = new ChatConnection({
      self: { kind: 'staff', id: me.staffId, name: me.name },
      ticket: async () => (await ask.post<{ ticket: string }>('/api/staff/socket-ticket')).ticket,
      newId: randomId,
      now: () => new Date(),
      random: randomFraction,
    });
    const stop = made.on('ended', end);
    made.start();
    setConnection(made);
    return () => {
      stop();
      stops.clear();
      made.close();
    };
  }, [ask, end, me.staffId, me.name, stops]);

  const queue = useQueue(ask, me.staffId, connection, muted);
  const follow = useCallback(
    (intakeId: string) => {
      if (connection !== undefined && !stops.has(intakeId)) stops.set(intakeId, connection.follow(intakeId));
    },
    [connection, stops],
  );
  const forget = useCallback(
    (intakeId: string) => {
      stops.get(intakeId)?.();
      stops.delete(intakeId);
      drafts.delete(intakeId);
    },
    [stops, drafts],
  );

  const desk = useMemo<Desk>(
    () => ({ connection, queue, muted, setMuted, keysOn, setKeysOn, drafts, opened, follow, forget }),
    [connection, queue, muted, keysOn, drafts, opened, follow, forget],
  );
  return <DeskContext value={desk}>{children}</DeskContext>;
}
