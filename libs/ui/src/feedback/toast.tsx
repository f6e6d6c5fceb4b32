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
import { IconButton } from '../controls/button';
import { useUiText } from '../i18n/locale';
import { classNames } from '../style/class-names';
import css from './feedback.module.css';
import type { Tone } from './notice';

interface Toast {
  id: number;
  tone: Tone;
  text: string;
}

interface Announcer {
  /** Says a sentence to readers only. */
  announce: (sentence: string) => void;
  /** Shows a sentence for eight seconds, or until it is closed, and says it to readers. */
  toast: (sentence: string, tone?: Tone) => void;
}

const TOAST_MS = 8_000;
const AnnouncerContext = createContext<Announcer>({ announce: () => undefined, toast: () => undefined });

export function useAnnouncer(): Announcer {
  return useContext(AnnouncerContext);
}

/** The page's one live region, and its toasts. Stands once, around everything. */
export function AnnouncerProvider({ children }: { children: ReactNode }) {
  const text = useUiText();
  const [said, setSaid] = useState({ sentence: '', turn: 0 });
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const nextId = useRef(1);
  const timers = useRef(new Set<ReturnType<typeof setTimeout>>());
  useEffect(() => {
    const running = timers.current;
    return () => running.forEach(clearTimeout);
  }, []);

  const announce = useCallback(
    (sentence: string) => setSaid((was) => ({ sentence, turn: was.turn + 1 })),
    [],
  );
  const drop = useCallback((id: number) => setToasts((all) => all.filter((one) => one.id !== id)), []);
  const toast = useCallback(
    (sentence: string, tone: Tone = 'info') => {
      const id = nextId.current++;
      setToasts((all) => [...all.slice(-2), { id, tone, text: sentence }]);
      announce(sentence);
      const timer = setTimeout(() => {
        timers.current.delete(timer);
        drop(id);
      }, TOAST_MS);
      timers.current.add(timer);
    },
    [announce, drop],
  );
  const announcer = useMemo(() => ({ announce, toast }), [announce, toast]);

  return (
    <AnnouncerContext value={announcer}>
      {children}
      <div className="for-readers" aria-live="polite" aria-atomic>
        {/* A changed key makes readers repeat a sentence that is the same as the last one. */}
        <span key={said.turn}>{said.sentence}</span>
      </div>
      {toasts.length > 0 && (
        <section aria-label={text.news}>
          <ul className={css['toasts']}>
            {toasts.map((one) => (
              <li key={one.id} className={classNames(css['toast'], css[one.tone])}>
                <span>{one.text}</span>
                <IconButton icon="close" label={text.close} onClick={() => drop(one.id)} />
              </li>
            ))}
          </ul>
        </section>
      )}
    </AnnouncerContext>
  );
}
