import { Card, useFormats } from '@app/ui';
import type { Today } from '../protocol';
import { useTexts } from '../texts/use-texts';
import css from './today.module.css';

/** How many clients gave each score, best first. */
export function Ratings({ csat }: { csat: Today['csat'] }) {
  const texts = useTexts();
  const format = useFormats();
  const top = Math.max(1, ...csat.counts);
  return (
    <Card>
      <h2 className={css['cardTitle']}>{texts.today.ratings}</h2>
      <dl className={css['ratings']}>
        {[5, 4, 3, 2, 1].map((score) => {
          const count = csat.counts[score - 1] ?? 0;
          return (
            <div key={score}>
              <dt>{texts.today.ratingRow(score)}</dt>
              <dd>
                <span className={css['track']} aria-hidden>
                  <span style={{ inlineSize: `${(count / top) * 100}%` }} />
                </span>
                {format.number(count)}
              </dd>
            </div>
          );
        })}
      </dl>
    </Card>
  );
}
