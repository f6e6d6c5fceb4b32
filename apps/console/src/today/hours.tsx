import { useFormats } from '@app/ui';
import type { Hour } from '../protocol';
import { lengthText } from '../clock/duration';
import { useTexts } from '../texts/use-texts';
import css from './today.module.css';

interface Props {
  hours: readonly Hour[];
}

const hourText = (hour: number) => `${String(hour).padStart(2, '0')}:00`;

/** Two bars an hour. The figure is one picture for readers; the table says it all. */
export function HourBars({ hours }: Props) {
  const texts = useTexts();
  const format = useFormats();
  const filled = withGaps(hours);
  const top = Math.max(1, ...filled.map((one) => Math.max(one.arrived, one.answered)));
  const peak = filled.reduce(
    (best, one) => (one.arrived > best.arrived ? one : best),
    filled[0] ?? { hour: 0, arrived: 0 },
  );
  const size = (value: number) =>
    value === 0 ? { display: 'none' } : { blockSize: `${(value / top) * 100}%` };
  return (
    <figure className={css['figure']}>
      <div className={css['bars']} role="img" aria-label={texts.today.figureLabel(hourText(peak.hour))}>
        {filled.map((one) => (
          <div key={one.hour} className={css['hour']} aria-hidden>
            <div className={css['stack']}>
              <div className={css['arrived']} style={size(one.arrived)}>
                <span>{one.arrived > 0 ? format.number(one.arrived) : ''}</span>
              </div>
              <div className={css['answered']} style={size(one.answered)} />
            </div>
            <span className={css['hourName']}>{one.hour}</span>
          </div>
        ))}
      </div>
      <figcaption className={css['legend']}>
        <span className={css['keyArrived']}>{texts.today.arrived}</span>
        <span className={css['keyAnswered']}>{texts.today.answered}</span>
      </figcaption>
    </figure>
  );
}

export function HourTable({ hours }: Props) {
  const texts = useTexts();
  const format = useFormats();
  return (
    <div className={css['scroll']} tabIndex={0} role="region" aria-label={texts.today.byHour}>
      <table className={css['table']}>
        <thead>
          <tr>
            <th scope="col">{texts.today.hour}</th>
            <th scope="col">{texts.today.arrived}</th>
            <th scope="col">{texts.today.answered}</th>
            <th scope="col">{texts.today.meanWait}</th>
          </tr>
        </thead>
        <tbody>
          {hours.map((one) => (
            <tr key={one.hour}>
              <th scope="row">{hourText(one.hour)}</th>
              <td>{format.number(one.arrived)}</td>
              <td>{format.number(one.answered)}</td>
              <td>{one.meanWaitSeconds === undefined ? '–' : lengthText(one.meanWaitSeconds)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** An hour in which nobody wrote is part of the picture. */
function withGaps(hours: readonly Hour[]): Hour[] {
  const numbers = hours.map((one) => one.hour);
  const first = Math.min(...numbers, 8);
  const last = Math.max(...numbers, 17);
  return Array.from({ length: last - first + 1 }, (_, step) => {
    const hour = first + step;
    return hours.find((one) => one.hour === hour) ?? { hour, arrived: 0, answered: 0 };
  });
}
