import { Card, useFormats } from '@app/ui';
import { useTexts } from '../texts/use-texts';
import { type Evidence, stampDays } from './evidence';
import css from './evidence.module.css';

const WIDTH = 1_000;
const HEIGHT = 48;

/** Each stamp a stroke on a line of two weeks: a gap is seen at once. The table says the same. */
export function Stamps({ evidence, now }: { evidence: Evidence; now: Date }) {
  const words = useTexts().evidence;
  const format = useFormats();
  const { stamps } = evidence.anchors;
  const from = Date.parse(evidence.shownSince);
  const x = (at: number) => ((at - from) / Math.max(1, now.getTime() - from)) * WIDTH;
  const last = stamps.at(-1);
  const days = stampDays(stamps, new Date(from), now, (at) => format.dayKey(at));
  return (
    <section aria-labelledby="evidence-stamps" className={css['part']}>
      <h2 id="evidence-stamps">{words.stampsTitle}</h2>
      <Card className={css['stack']}>
        {last === undefined ? (
          <p>{words.stampsNone}</p>
        ) : (
          <>
            <figure className={css['line']}>
              <svg
                viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
                preserveAspectRatio="none"
                role="img"
                aria-label={words.stampsFigure(format.number(stamps.length), format.dateTime(last.at))}
              >
                <line x1="0" y1={HEIGHT - 1} x2={WIDTH} y2={HEIGHT - 1} className={css['axis']} />
                {stamps.map((one) => (
                  <line
                    key={one.size}
                    x1={x(Date.parse(one.at))}
                    x2={x(Date.parse(one.at))}
                    y1="6"
                    y2={HEIGHT - 2}
                    className={css['stroke']}
                  />
                ))}
              </svg>
              <figcaption className={css['ends']}>
                <span>{format.dateTime(evidence.shownSince)}</span>
                <span>{format.dateTime(now)}</span>
              </figcaption>
            </figure>
            <p className={css['small']}>{words.stampsText(format.number(stamps.length))}</p>
            <details className={css['fold']}>
              <summary>{words.stampsTable}</summary>
              <table className={css['table']}>
                <thead>
                  <tr>
                    <th scope="col">{words.day}</th>
                    <th scope="col">{words.stamps}</th>
                    <th scope="col">{words.lastSize}</th>
                  </tr>
                </thead>
                <tbody>
                  {days.toReversed().map((day) => (
                    <tr key={day.key}>
                      <th scope="row">{format.day(day.at)}</th>
                      <td>{format.number(day.count)}</td>
                      <td>{day.lastSize === undefined ? '–' : format.number(day.lastSize)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </details>
          </>
        )}
      </Card>
    </section>
  );
}
