/** What is shown to a witness: https://c2sp.org/tlog-witness. */
export interface Offer {
  /** What we think it cosigned last. */
  readonly oldSize: number;
  /** That the new log begins with the old one. */
  readonly proof: readonly Buffer[];
  /** The signed checkpoint. */
  readonly note: string;
}

export type WitnessAnswer =
  | { readonly kind: 'cosigned'; readonly lines: string }
  /** It cosigned another size last. */
  | { readonly kind: 'stands-at'; readonly size: number }
  /** What it saw before and what we show it cannot both be. */
  | { readonly kind: 'contradicted' }
  /** With a code: no answer, or one that says neither. */
  | { readonly kind: 'failed'; readonly fault: string };

const MAX_ANSWER_BYTES = 16 * 1024;
const FAULTS: Readonly<Record<number, string>> = {
  400: 'malformed',
  403: 'unknown-key',
  404: 'unknown-log',
};

/**
 * Shows a checkpoint to a witness.
 *
 * @param url - what stands before `/add-checkpoint`.
 * @param signal - ends it: a time-out, or the end of the program.
 */
export async function addCheckpoint(url: string, offer: Offer, signal: AbortSignal): Promise<WitnessAnswer> {
  const { oldSize, proof, note } = offer;
  const lines = proof.map((hash) => `${hash.toString('base64')}\n`).join('');
  try {
    const answer = await fetch(`${url}/add-checkpoint`, {
      method: 'POST',
      body: `old ${oldSize}\n${lines}\n${note}`,
      signal,
      redirect: 'error',
    });
    const text = (await bytesOf(answer, MAX_ANSWER_BYTES)).toString('utf8');
    return interpret(answer.status, text, oldSize);
  } catch {
    return { kind: 'failed', fault: signal.aborted ? 'timed-out' : 'unreachable' };
  }
}

function interpret(status: number, text: string, oldSize: number): WitnessAnswer {
  if (status === 200) return { kind: 'cosigned', lines: text };
  if (status === 422) return { kind: 'contradicted' };
  if (status !== 409) return { kind: 'failed', fault: FAULTS[status] ?? `http-${status}` };
  const [, size] = /^(0|[1-9]\d{0,14})\n$/.exec(text) ?? [];
  if (size === undefined) return { kind: 'failed', fault: 'bad-answer' };
  // It stands where we said, and still has a conflict: the same size with another root.
  return Number(size) === oldSize ? { kind: 'contradicted' } : { kind: 'stands-at', size: Number(size) };
}

/** Returns a body of at most so many bytes. @throws Error if it is longer. */
export async function bytesOf(answer: Response, most: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const body: AsyncIterable<Uint8Array> | undefined = answer.body ?? undefined;
  for await (const chunk of body ?? []) {
    length += chunk.byteLength;
    if (length > most) throw new Error('the answer is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
