import {
  api,
  ApiError,
  ChatConnection,
  type ClientIntake,
  type MessagePage,
  randomFraction,
  randomId,
  type SessionEnd,
} from '@app/ui';
import { useEffect, useRef, useState } from 'react';

interface ChatEnds {
  onChange: (intake: ClientIntake) => void;
  onOver: (reason: SessionEnd) => void;
}

/** The chat connection of one conversation, kept while the component stands. */
export function useChat(
  intake: ClientIntake,
  ends: ChatEnds,
): { chat: ChatConnection; refresh: () => Promise<void> } {
  const { intakeId } = intake;
  const latest = useRef(ends);
  latest.current = ends;
  const [chat] = useState(
    () =>
      new ChatConnection({
        self: { kind: 'client', id: 'client' },
        ticket: async () => (await api.post<{ ticket: string }>('/api/client/socket-ticket')).ticket,
        newId: randomId,
        now: () => new Date(),
        random: randomFraction,
      }),
  );
  const refresh = async () => {
    try {
      latest.current.onChange(await api.get<ClientIntake>('/api/client/intake'));
    } catch (error) {
      if (error instanceof ApiError && error.code === 'SIGNED_OUT') latest.current.onOver('expired');
    }
  };
  useEffect(() => {
    const stops = [
      chat.follow(intakeId),
      chat.on('intake', (next) => latest.current.onChange(next)),
      chat.on('online', () => void refresh()),
      chat.on('ended', (reason) => latest.current.onOver(reason)),
    ];
    chat.seed(intakeId, [], intake.receipts);
    chat.start();
    void readAll(chat, intakeId);
    return () => {
      for (const stop of stops) stop();
      chat.close();
    };
  }, [chat, intakeId]);
  return { chat, refresh };
}

/** Reads the conversation by HTTP, so that it is there to read even where sockets are blocked. */
async function readAll(chat: ChatConnection, intakeId: string): Promise<void> {
  try {
    for (let after = 0; ;) {
      const page = await api.get<MessagePage>(`/api/client/messages?after=${after}`);
      chat.seed(intakeId, page.messages);
      after = page.messages.at(-1)?.seq ?? page.lastSeq;
      if (after >= page.lastSeq) return;
    }
  } catch {
    // The socket asks for the same, again and again until it gets it.
  }
}
