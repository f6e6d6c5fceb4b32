import type { ChatConnection, Conversation } from '@app/ui';
import { useEffect, useState } from 'react';

/** Why a text or a prepared reply was not let out. */
export interface Refusal {
  kind: 'text' | 'reply';
  /** Names of the record's values, as the server said them. */
  fields: string[];
}

const HELD_BACK = new Set(['DISCLOSURE_REFUSED', 'ASSURANCE_TOO_LOW']);

/**
 * Takes a message that was refused for what it discloses out of the list and gives its text back, so that it can be
 * changed or sent later. Other refusals stay in the list with their own way out.
 */
export function useRefusal(
  connection: ChatConnection | undefined,
  intakeId: string,
  conversation: Conversation,
  giveBack: (text: string) => void,
) {
  const [refusal, setRefusal] = useState<Refusal>();
  useEffect(() => {
    const refused = conversation.pending.find(
      (one) => one.state === 'failed' && HELD_BACK.has(one.error?.code ?? ''),
    );
    if (refused === undefined || connection === undefined) return;
    const fields = refused.error?.extra['fields'];
    connection.discard(intakeId, refused.clientMsgId);
    giveBack(refused.text);
    setRefusal({ kind: 'text', fields: Array.isArray(fields) ? fields.map(String) : [] });
  });
  return { refusal, setRefusal };
}
