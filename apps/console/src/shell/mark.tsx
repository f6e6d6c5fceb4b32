import { useTexts } from '../texts/use-texts';
import css from './shell.module.css';

/** The product's sign: a door that stands a little open. */
export function Mark({ name }: { name?: string }) {
  const texts = useTexts();
  return (
    <span className={css['mark']}>
      <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden focusable="false">
        <rect width="32" height="32" rx="8" />
        <path d="M10 26V13a6 6 0 0 1 12 0v13" />
        <circle cx="18.5" cy="19" r="1.6" />
      </svg>
      <span>{name ?? texts.product}</span>
    </span>
  );
}
