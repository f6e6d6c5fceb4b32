import { useSyncExternalStore } from 'react';
import type { ChatConnection, ConnectionState } from './chat-connection';
import type { Conversation } from './conversation';

export function useConversation(connection: ChatConnection, intakeId: string): Conversation {
  const read = () => connection.conversation(intakeId);
  return useSyncExternalStore((watcher) => connection.watch(watcher), read);
}

export function useConnectionState(connection: ChatConnection): ConnectionState {
  return useSyncExternalStore(
    (watcher) => connection.watch(watcher),
    () => connection.state,
  );
}
