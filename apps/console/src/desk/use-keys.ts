import { useEffect } from 'react';

export interface DeskKeys {
  claim(): void;
  write(): void;
  help(): void;
}

const ROWS = '[data-testid="queue-item"] > button:first-child';

/** Single keys of the desk. They rest while somebody types, while a dialog is open, and when they were turned off. */
export function useKeys(keys: DeskKeys, on: boolean): void {
  useEffect(() => {
    if (!on) return;
    const listen = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      const target = event.target instanceof Element ? event.target : undefined;
      if (target?.closest('input, textarea, select, dialog, [contenteditable]')) return;
      const inList = target?.closest('[data-testid="queue-list"]') !== null;
      const act = {
        j: () => step(1),
        k: () => step(-1),
        ...(inList && { ArrowDown: () => step(1), ArrowUp: () => step(-1) }),
        c: keys.claim,
        m: keys.write,
        '?': keys.help,
      }[event.key];
      if (act === undefined) return;
      event.preventDefault();
      act();
    };
    addEventListener('keydown', listen);
    return () => removeEventListener('keydown', listen);
  });
}

/** Returns the conversation whose line has the focus, if it waits. */
export function focusedWaiting(): string | undefined {
  const row = document.activeElement?.closest<HTMLElement>('[data-testid="queue-item"]');
  return row?.querySelector('[data-claimable="true"]') ? row.dataset['intake'] : undefined;
}

/** Moves the focus through the lines of the desk; it begins at the open one, and stops at the ends. */
function step(by: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>(ROWS)];
  const focused = rows.indexOf(document.activeElement as HTMLElement);
  const from = focused >= 0 ? focused : rows.findIndex((row) => row.getAttribute('aria-current') === 'true');
  const to = from < 0 ? (by === 1 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, from + by));
  rows[to]?.focus();
}
