import { Avatar, Badge, type ClientIntake, Icon, type Site, useFormats } from '@app/ui';
import { usePortalText } from '../text';
import css from './chat.module.css';

/** Where the client stands: a place in line, closed, or with whom they talk. Said again whenever it changes. */
export function PlaceStrip({ intake, site }: { intake: ClientIntake; site: Site }) {
  const text = usePortalText();
  const format = useFormats(site.timeZone);
  const { place } = intake;
  const name = intake.staff?.name;
  const [title, detail] = words();
  return (
    <section className={css['place']} data-testid="place" aria-label={text.placeTitle}>
      {place.kind === 'with-staff' && name !== undefined ? (
        <Avatar name={name} small />
      ) : (
        <Icon name={place.kind === 'ended' ? 'check' : 'clock'} />
      )}
      <div role="status">
        <p className={css['placeTitle']}>{title}</p>
        {detail && <p>{detail}</p>}
      </div>
      {intake.assurance === 'V1' && (
        <Badge tone="ok">
          <Icon name="shield" /> {text.verifiedBadge}
        </Badge>
      )}
    </section>
  );

  function words(): [string, string?] {
    if (intake.state === 'closed' || place.kind === 'ended') return [text.placeEnded];
    if (place.kind === 'with-staff') return [text.placeStaff(name ?? text.theTeam)];
    if (place.kind === 'closed') {
      const opens =
        place.nextOpening && `${format.day(place.nextOpening)}, ${format.time(place.nextOpening)}`;
      return [opens ? text.placeClosedUntil(opens) : text.placeClosed, text.placeClosedText];
    }
    const where = place.position <= 1 ? text.placeNext : text.placeQueue(place.position, place.position - 1);
    return [where, intake.staffPresent ? text.placeQueueText : text.placeQueueAway];
  }
}
