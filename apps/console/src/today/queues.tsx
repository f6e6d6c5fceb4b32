import { Card, useFormats } from '@app/ui';
import type { Today } from '../protocol';
import { lengthText } from '../clock/duration';
import { useTexts } from '../texts/use-texts';
import css from './today.module.css';

export function Queues({ queues }: { queues: Today['queues'] }) {
  const texts = useTexts();
  const format = useFormats();
  return (
    <Card>
      <h2 className={css['cardTitle']}>{texts.today.queues}</h2>
      <table className={css['table']}>
        <thead>
          <tr>
            <th scope="col">{texts.today.queue}</th>
            <th scope="col">{texts.today.waiting}</th>
            <th scope="col">{texts.today.longest}</th>
          </tr>
        </thead>
        <tbody>
          {queues.map((queue) => (
            <tr key={queue.id}>
              <th scope="row">{queue.name}</th>
              <td>{format.number(queue.waiting)}</td>
              <td>{queue.longestWaitSeconds === undefined ? '–' : lengthText(queue.longestWaitSeconds)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}
