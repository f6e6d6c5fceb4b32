import { api, ApiError, type Api, type SessionEnd } from '@app/ui';
import { createContext, useContext } from 'react';
import type { Me } from '../protocol';

export interface Session {
  me: Me;
  /** Like `api` of the shared pages, and leaves for the signed-out page when the server knows us no more. */
  ask: Api;
  /** Leaves for the signed-out page; the server is told only by "Sign out". */
  end(reason: SessionEnd): void;
}

const SessionContext = createContext<Session | undefined>(undefined);

export const SessionProvider = SessionContext.Provider;

/** @throws Error outside of the signed-in pages. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === undefined) throw new Error('There is no session here.');
  return session;
}

/** Returns an `Api` that calls `gone` when an answer is `SIGNED_OUT`, and throws it on. */
export function watchedApi(gone: () => void): Api {
  const watch = <T,>(answer: Promise<T>): Promise<T> =>
    answer.catch((error: unknown) => {
      if (error instanceof ApiError && error.code === 'SIGNED_OUT') gone();
      throw error;
    });
  return {
    get: (path) => watch(api.get(path)),
    post: (path, body) => watch(api.post(path, body)),
  };
}
