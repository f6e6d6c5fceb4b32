import { Fragment } from 'react';
import type { Span } from './shapes';

/** A text with the words that were looked for marked. Spans are in order and do not overlap. */
export function MarkedText({ text, marks }: { text: string; marks: readonly Span[] }) {
  return (
    <>
      {marks.map(({ from, to }, i) => (
        <Fragment key={from}>
          {text.slice(marks[i - 1]?.to ?? 0, from)}
          <mark>{text.slice(from, to)}</mark>
        </Fragment>
      ))}
      {text.slice(marks.at(-1)?.to ?? 0)}
    </>
  );
}
