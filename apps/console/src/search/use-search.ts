import { useEffect, useState } from 'react';
import { useSession } from '../session/session';
import { type Hit, isUnfinished, type Search } from './shapes';

/** How often a search that goes on is looked at. */
const LOOK_MS = 500;
/** How often what it found is fetched meanwhile, at most: each time is an entry of the log. */
const FETCH_MS = 2_500;

export interface Followed {
  search: Search | undefined;
  hits: Hit[] | undefined;
  error: unknown;
}

/** Follows one search to its end: how far it is, and what it has found until now. */
export function useSearch(searchId: string, turn: number): Followed {
  const { ask } = useSession();
  const [followed, setFollowed] = useState<Followed>({
    search: undefined,
    hits: undefined,
    error: undefined,
  });
  useEffect(() => {
    let gone = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let fetchedHits = 0;
    let fetchedAt = -FETCH_MS;
    const put = (part: Partial<Followed>) => setFollowed((was) => (gone ? was : { ...was, ...part }));
    const look = async () => {
      try {
        const search = await ask.get<Search>(`/api/staff/searches/${searchId}`);
        put({ search, error: undefined });
        const goesOn = isUnfinished(search);
        const isDue = search.hits !== fetchedHits && (!goesOn || performance.now() - fetchedAt > FETCH_MS);
        if (isDue || (!goesOn && fetchedAt < 0)) {
          fetchedHits = search.hits;
          fetchedAt = performance.now();
          const { hits } =
            search.hits === 0
              ? { hits: [] }
              : await ask.get<{ hits: Hit[] }>(`/api/staff/searches/${searchId}/hits`);
          put({ hits });
        }
        if (goesOn && !gone) timer = setTimeout(() => void look(), LOOK_MS);
      } catch (error) {
        put({ error });
      }
    };
    setFollowed({ search: undefined, hits: undefined, error: undefined });
    void look();
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [ask, searchId, turn]);
  return followed;
}
