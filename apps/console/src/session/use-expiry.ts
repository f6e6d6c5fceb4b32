import { useCallback, useEffect, useRef, useState } from 'react';
import { useNow } from '../clock/use-now';
import type { Session } from './session';
import type { Me } from '../protocol';

/** How long before its end a session is warned of. WCAG 2.2, 2.2.1 wants at least 20 s; two minutes leave time to come back. */
const WARN_MS = 150_000;
/** While somebody types or points, the end is looked up this often, so that the warning is for those who went away. */
const LOOK_MS = 240_000;
const TICK_MS = 1_000;
/** Told on the window by whatever shows that somebody is there without a key or a pointer: a call. */
const PRESENT = 'vestibule:present';

/** Keeps the session alive while somebody is in a call: two people who talk for an hour press no key. */
export function usePresence(present: boolean): void {
  useEffect(() => {
    if (!present) return;
    const timer = setInterval(() => dispatchEvent(new Event(PRESENT)), LOOK_MS / 4);
    return () => clearInterval(timer);
  }, [present]);
}

export interface Expiry {
  /** Milliseconds left, from the moment a warning is due. */
  leftMs?: number;
  /** Returns whether the end moved. */
  stay(): Promise<boolean>;
}

/** Watches the end of the session. Asking who one is prolongs it where the policy allows; past the end the page signs out. */
export function useExpiry({ me, ask, end }: Session, renewed: (me: Me) => void): Expiry {
  const now = useNow(TICK_MS).getTime();
  const looked = useRef(now);
  const [ended, setEnded] = useState(false);
  const left = Date.parse(me.sessionEndsAt) - now;

  const stay = useCallback(async () => {
    looked.current = Date.now();
    const now = await ask.get<Me>('/api/staff/me');
    renewed(now);
    return Date.parse(now.sessionEndsAt) > Date.parse(me.sessionEndsAt);
  }, [ask, renewed, me.sessionEndsAt]);

  useEffect(() => {
    const seen = () => {
      // Nobody is told when this fails: it is tried again with the next key, and the warning comes in time.
      if (Date.now() - looked.current > LOOK_MS) stay().catch(() => undefined);
    };
    addEventListener('pointerdown', seen);
    addEventListener('keydown', seen);
    addEventListener(PRESENT, seen);
    return () => {
      removeEventListener('pointerdown', seen);
      removeEventListener('keydown', seen);
      removeEventListener(PRESENT, seen);
    };
  }, [stay]);

  useEffect(() => {
    if (left > 0 || ended) return;
    setEnded(true);
    // The page itself asks the server now and then, which keeps the session there; so it is ended there too.
    ask.post('/api/staff/sign-out').catch(() => undefined);
    end('expired');
  }, [left, ended, ask, end]);

  return left <= WARN_MS ? { leftMs: Math.max(0, left), stay } : { stay };
}
