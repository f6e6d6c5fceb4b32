import { useCallback, useEffect, useRef, useState } from 'react';
import type { Given } from '../../../../audit/verify/bundle.mjs';
import type { EntryReport } from '../../../../audit/verify/entry-proof.mjs';
import type { CheckAsked, CheckSaid } from './check-messages';

export type Standing =
  | { readonly kind: 'idle' }
  | { readonly kind: 'running'; readonly name: string; readonly part: number }
  | { readonly kind: 'failed'; readonly name: string }
  | { readonly kind: 'done'; readonly name: string; readonly report: EntryReport };

/** Checks one file at a time, beside the page: a large one takes a while, and the page stays usable. */
export function useCheck() {
  const [standing, setStanding] = useState<Standing>({ kind: 'idle' });
  const worker = useRef<Worker>(undefined);
  const stop = useCallback(() => {
    worker.current?.terminate();
    worker.current = undefined;
  }, []);
  useEffect(() => stop, [stop]);

  const check = useCallback(
    (file: File, given: Given) => {
      stop();
      const { name } = file;
      setStanding({ kind: 'running', name, part: 0 });
      const started = new Worker(new URL('./check.worker.ts', import.meta.url), { type: 'module' });
      started.onmessage = ({ data }: MessageEvent<CheckSaid>) => {
        if ('part' in data) return setStanding({ kind: 'running', name, part: data.part });
        setStanding({ kind: 'done', name, report: data.report });
        stop();
      };
      started.onerror = () => {
        setStanding({ kind: 'failed', name });
        stop();
      };
      started.postMessage({ file, given } satisfies CheckAsked);
      worker.current = started;
    },
    [stop],
  );
  const cancel = useCallback(() => {
    stop();
    setStanding({ kind: 'idle' });
  }, [stop]);
  return { standing, check, cancel };
}
