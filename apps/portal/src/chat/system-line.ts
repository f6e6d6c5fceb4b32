import type { Message } from '@app/ui';
import type { PortalText } from '../text';

/** The words of a line that the system wrote, in the client's language; what has no words of its own is left out. */
export function systemLine(
  message: Message,
  text: PortalText,
  staffName: string | undefined,
): string | undefined {
  const { event } = message;
  if (event === 'claimed') return text.system.claimed(message.text || staffName || text.theTeam);
  return isPlain(event) ? text.system[event] : message.text || undefined;
}

const PLAIN = [
  'transferred',
  'closed',
  'verification-requested',
  'verified',
  'consult-offered',
  'consult-declined',
  'consult-started',
  'consult-ended',
] as const;

function isPlain(event: string | undefined): event is (typeof PLAIN)[number] {
  return PLAIN.some((one) => one === event);
}
