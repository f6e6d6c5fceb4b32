import { useFormats, useLocal } from '@app/ui';
import type { StaffIntake } from '../protocol';
import { useTexts } from '../texts/use-texts';
import css from './panel.module.css';

/** Where the client came from and what they said before the first message. */
export function DetailsPart({ intake }: { intake: StaffIntake }) {
  const { panel, desk } = useTexts();
  const local = useLocal();
  const format = useFormats();
  const facts: [string, string | undefined][] = [
    [panel.client, intake.client.name],
    [panel.contact, intake.client.contact],
    [panel.topic, local(intake.topic)],
    [panel.queue, intake.queue.name],
    [panel.language, desk.language[intake.locale]],
    [panel.page, intake.context.page],
    [panel.referrer, intake.context.referrer],
    [panel.started, format.dateTime(intake.createdAt)],
    [panel.claimed, intake.claimedAt && format.dateTime(intake.claimedAt)],
    [panel.rating, intake.rating && panel.ratingOf(intake.rating.score)],
  ];
  return (
    <>
      {intake.answers.length > 0 && (
        <section className={css['part']} aria-labelledby="answers-title">
          <div className={css['partHead']}>
            <h3 id="answers-title">{panel.answers}</h3>
          </div>
          <dl className={css['facts']}>
            {intake.answers.map((answer) => (
              <div key={answer.label.en}>
                <dt>{local(answer.label)}</dt>
                <dd dir="auto">{answer.option ? local(answer.option) : answer.value}</dd>
              </div>
            ))}
          </dl>
        </section>
      )}
      <section className={css['part']} aria-labelledby="details-title">
        <div className={css['partHead']}>
          <h3 id="details-title">{panel.details}</h3>
        </div>
        <dl className={css['facts']}>
          {facts.map(
            ([name, value]) =>
              value !== undefined &&
              value !== '' && (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd dir="auto">{value}</dd>
                </div>
              ),
          )}
        </dl>
      </section>
    </>
  );
}
