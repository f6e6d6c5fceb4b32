import { useFormats } from '@app/ui';
import { useTexts } from '../texts/use-texts';
import type { Evidence } from './evidence';
import css from './evidence.module.css';

export function AlarmList({ alarms }: { alarms: Evidence['alarms'] }) {
  const words = useTexts().evidence;
  const format = useFormats();
  return (
    <section aria-labelledby="evidence-alarms" className={css['part']}>
      <h2 id="evidence-alarms">{words.alarmsTitle}</h2>
      {alarms.length === 0 && <p>{words.alarmsNone}</p>}
      <ol className={css['alarms']}>
        {alarms.map((one) => {
          const reason = one.about['reason'];
          const about = [
            one.about['witness'],
            reason === undefined ? undefined : (words.faults[String(reason)] ?? String(reason)),
          ].filter((part) => part !== undefined);
          return (
            <li key={one.index}>
              <strong>{words.alarms[one.act] ?? one.act}</strong>
              <span className={css['small']}>
                {format.dateTime(one.at)}, {words.entry(format.number(one.index))}
              </span>
              {about.length > 0 && <span className={css['small']}>{about.join('. ')}</span>}
            </li>
          );
        })}
      </ol>
    </section>
  );
}
