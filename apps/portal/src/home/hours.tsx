import { type OpeningHours, type Site, useFormats, useLocale } from '@app/ui';
import { usePortalText } from '../text';
import css from './home.module.css';

/** Monday first, as opening hours are read. */
const WEEK = [1, 2, 3, 4, 5, 6, 0] as const;

export function Hours({ site }: { site: Site }) {
  const text = usePortalText();
  const locale = useLocale();
  const format = useFormats();
  const clock = new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit', timeZone: 'UTC' });
  const time = (at: string) => clock.format(new Date(`2000-01-01T${at === '24:00' ? '00:00' : at}:00Z`));
  const span = ({ opens, closes }: OpeningHours) => `${time(opens)} – ${time(closes)}`;
  return (
    <details className={css['hours']}>
      <summary>{text.hours}</summary>
      <dl>
        {WEEK.map((day) => {
          const spans = site.hours.filter((one) => one.day === day);
          return (
            <div key={day}>
              <dt>{format.weekday(day)}</dt>
              <dd>{spans.length === 0 ? text.closedDay : spans.map(span).join(', ')}</dd>
            </div>
          );
        })}
      </dl>
      <p>{text.hoursZone(site.timeZone.replaceAll('_', ' '))}</p>
    </details>
  );
}
