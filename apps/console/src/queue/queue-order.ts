import type { QueueItem } from '../protocol';

export interface DeskLists {
  waiting: QueueItem[];
  mine: QueueItem[];
}

/**
 * Splits what the server listed: who has waited longest comes first in `waiting`; in `mine`, clients in the lobby come
 * first, then those with unread messages, then the oldest.
 */
export function splitQueue(items: readonly QueueItem[], staffId: string): DeskLists {
  const byWait = (a: QueueItem, b: QueueItem) => Date.parse(a.waitingSince) - Date.parse(b.waitingSince);
  return {
    waiting: items.filter((item) => item.state === 'waiting').sort(byWait),
    mine: items
      .filter((item) => item.state === 'claimed' && item.assignee?.id === staffId)
      .sort((a, b) => urgency(b) - urgency(a) || byWait(a, b)),
  };
}

export interface Arrivals {
  /** Waiting conversations that were not there before. */
  waiting: QueueItem[];
  /** Conversations of mine whose client came into the lobby. */
  lobby: QueueItem[];
}

/** Returns what is new in `after`; nothing is new at the first look, when there was no `before`. */
export function arrivals(before: DeskLists | undefined, after: DeskLists): Arrivals {
  if (before === undefined) return { waiting: [], lobby: [] };
  const known = new Set([...before.waiting, ...before.mine].map((item) => item.intakeId));
  const inLobby = new Set(before.mine.filter(isInLobby).map((item) => item.intakeId));
  return {
    waiting: after.waiting.filter((item) => !known.has(item.intakeId)),
    lobby: after.mine.filter((item) => isInLobby(item) && !inLobby.has(item.intakeId)),
  };
}

export function isInLobby(item: QueueItem): boolean {
  return item.consult?.state === 'waiting';
}

function urgency(item: QueueItem): number {
  if (isInLobby(item)) return 2;
  return item.unread > 0 ? 1 : 0;
}
