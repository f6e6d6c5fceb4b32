/** Nothing on it and nothing to say where one came from; it takes the place of this page, so Back does not return. */
const NEUTRAL = 'about:blank';

/** Empties the page first, then tells the server, then goes. It works offline too: what is on the screen goes anyway. */
export function leaveQuickly(): void {
  document.documentElement.hidden = true;
  document.body.replaceChildren();
  document.title = '';
  for (const link of document.querySelectorAll('link[rel="icon"]')) link.remove();
  navigator.sendBeacon('/api/client/leave', new Blob(['{}'], { type: 'application/json' }));
  location.replace(NEUTRAL);
}

const TWICE_WITHIN_MS = 1_000;

/** Escape, twice within a second, leaves. Returns how to stop listening. */
export function leaveOnDoubleEscape(): () => void {
  let last = -Infinity;
  const hear = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || event.repeat) return;
    if (event.timeStamp - last < TWICE_WITHIN_MS) leaveQuickly();
    last = event.timeStamp;
  };
  window.addEventListener('keydown', hear, true);
  return () => window.removeEventListener('keydown', hear, true);
}
