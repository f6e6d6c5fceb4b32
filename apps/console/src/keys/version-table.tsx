import { Badge, type Tone, useFormats } from '@app/ui';
import { useTexts } from '../texts/use-texts';
import css from './keys.module.css';
import type { KeyVersion } from './shapes';

const TONES: Record<KeyVersion['state'], Tone> = {
  active: 'ok',
  'decrypt-only': 'info',
  destroyed: 'warn',
};

/** Every key that there was: what it still protects, and when it is or was destroyed. */
export function VersionTable({ versions }: { versions: readonly KeyVersion[] }) {
  const texts = useTexts();
  const format = useFormats();
  const under = ({ dataKeys, secrets }: KeyVersion) =>
    dataKeys + secrets === 0
      ? texts.keys.nothing
      : texts.keys.under(format.number(dataKeys), dataKeys, format.number(secrets));
  const end = ({ state, destroyAt, destroyedAt }: KeyVersion) => {
    if (destroyedAt !== undefined) return texts.keys.destroyedOn(format.dateTime(destroyedAt));
    if (destroyAt === undefined) return '–';
    return state === 'active'
      ? texts.keys.byLatest(format.dateTime(destroyAt))
      : texts.keys.destroyOn(format.dateTime(destroyAt));
  };
  return (
    <table className={css['table']} data-testid="key-versions">
      <thead>
        <tr>
          <th scope="col">{texts.keys.key}</th>
          <th scope="col">{texts.keys.state}</th>
          <th scope="col">{texts.keys.since}</th>
          <th scope="col">{texts.keys.locks}</th>
          <th scope="col">{texts.keys.end}</th>
        </tr>
      </thead>
      <tbody>
        {versions.map((one) => (
          <tr key={one.version}>
            <th scope="row">{texts.keys.number(one.version)}</th>
            <td data-label={texts.keys.state}>
              <Badge tone={TONES[one.state]}>{texts.keys.states[one.state]}</Badge>
            </td>
            <td data-label={texts.keys.since}>{format.dateTime(one.since)}</td>
            <td data-label={texts.keys.locks}>{under(one)}</td>
            <td data-label={texts.keys.end}>{end(one)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
