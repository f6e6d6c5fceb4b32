import { useAnnouncer, type Api, type ChatConnection } from '@app/ui';
import { useCallback, useEffect, useRef, useState } from 'react';
import { pathOf } from '../navigation/route';
import type { Queue, QueueItem } from '../protocol';
import { useTexts } from '../texts/use-texts';
import { chime } from './chime';
import { arrivals, splitQueue, type DeskLists } from './queue-order';

export interface QueueView {
  lists?: DeskLists;
  queues: Queue[];
  error?: unknown;
  reload(): void;
}

/** The lists are fetched again after each event; a change that told nobody is found within this time. */
const SLOW_MS = 20_000;
/** A burst of events makes one question. */
const GATHER_MS = 150;

/** Keeps the lists of the desk up to date, and says by sound and sentence what is new in them. */
export function useQueue(
  ask: Api,
  staffId: string,
  connection: ChatConnection | undefined,
  muted: boolean,
): QueueView {
  const texts = useTexts();
  const { announce, toast } = useAnnouncer();
  const [view, setView] = useState<Omit<QueueView, 'reload'>>({ queues: [] });
  const last = useRef<DeskLists | undefined>(undefined);
  const turn = useRef(0);
  const say = useRef({ texts, muted });
  say.current = { texts, muted };

  const load = useCallback(async () => {
    const mine = ++turn.current;
    try {
      const { items, queues } = await ask.get<{ queues: Queue[]; items: QueueItem[] }>('/api/staff/queue');
      if (mine !== turn.current) return;
      const lists = splitQueue(items, staffId);
      const news = arrivals(last.current, lists);
      last.current = lists;
      setView({ lists, queues });
      const { texts: words, muted: silent } = say.current;
      const [inLobby] = news.lobby;
      // Where that conversation stands open, the bar over it says so, and a toast would cover the bar.
      const inSight = inLobby && location.pathname === pathOf('desk', inLobby.intakeId);
      if (inLobby !== undefined && !inSight) toast(words.desk.lobbyArrived(inLobby.initials), 'ok');
      else if (news.waiting.length > 0) announce(words.desk.arrived);
      if (!silent && inLobby !== undefined) chime('lobby');
      else if (!silent && news.waiting.length > 0) chime('arrival');
    } catch (error) {
      if (mine === turn.current) setView((was) => ({ ...was, error }));
    }
  }, [ask, staffId, announce, toast]);

  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const reload = useCallback(() => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => void load(), GATHER_MS);
  }, [load]);

  useEffect(() => {
    void load();
    const slow = setInterval(() => void load(), SLOW_MS);
    return () => {
      turn.current++;
      clearTimeout(timer.current);
      clearInterval(slow);
    };
  }, [load]);
  useEffect(() => {
    if (connection === undefined) return;
    const stops = [
      connection.on('queue', reload),
      connection.on('change', reload),
      connection.on('online', reload),
    ];
    return () => stops.forEach((stop) => stop());
  }, [connection, reload]);

  return { ...view, reload };
}
