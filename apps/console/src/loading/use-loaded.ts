import { useCallback, useEffect, useRef, useState } from 'react';

export interface Loaded<T> {
  data?: T;
  error?: unknown;
  loading: boolean;
  reload(): void;
}

/**
 * Loads once, again on `reload`, and again each `everyMs` if that is given. What was loaded stays while it is loaded
 * again; an answer that was overtaken by a later question is dropped. `load` must be stable (`useCallback`).
 */
export function useLoaded<T>(load: () => Promise<T>, everyMs?: number): Loaded<T> {
  const [state, setState] = useState<{ data?: T; error?: unknown; loading: boolean }>({ loading: true });
  const turn = useRef(0);
  const reload = useCallback(() => {
    const mine = ++turn.current;
    setState((was) => ({ ...was, loading: true }));
    load().then(
      (data) => mine === turn.current && setState({ data, loading: false }),
      (error: unknown) => mine === turn.current && setState((was) => ({ ...was, error, loading: false })),
    );
  }, [load]);
  useEffect(() => {
    reload();
    const timer = everyMs === undefined ? undefined : setInterval(reload, everyMs);
    return () => {
      turn.current++;
      clearInterval(timer);
    };
  }, [reload, everyMs]);
  return { ...state, reload };
}
