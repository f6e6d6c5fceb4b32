import { Badge, Card, type Tone, useFormats } from '@app/ui';
import { useTexts } from '../texts/use-texts';
import { type Evidence, witnessState } from './evidence';
import css from './evidence.module.css';

const TONES: Record<ReturnType<typeof witnessState>, Tone> = {
  seen: 'ok',
  behind: 'info',
  away: 'warn',
  refusing: 'danger',
};

export function WitnessTable({ evidence }: { evidence: Evidence }) {
  const words = useTexts().evidence;
  const format = useFormats();
  const size = evidence.checkpoint?.size ?? 0;
  return (
    <section aria-labelledby="evidence-witnesses" className={css['part']}>
      <h2 id="evidence-witnesses">{words.listTitle}</h2>
      <Card className={css['scroll']}>
        <table className={css['table']}>
          <thead>
            <tr>
              <th scope="col">{words.witness}</th>
              <th scope="col">{words.seenUpTo}</th>
              <th scope="col">{words.lastSeen}</th>
              <th scope="col">{words.state}</th>
            </tr>
          </thead>
          <tbody>
            {evidence.witnesses.map((one) => {
              const state = witnessState(one, size);
              return (
                <tr key={one.name}>
                  <th scope="row">{one.name}</th>
                  <td>{words.entry(format.number(one.size))}</td>
                  <td>{one.cosignedAt === undefined ? words.never : format.dateTime(one.cosignedAt)}</td>
                  <td>
                    <Badge tone={TONES[state]}>{words.states[state]}</Badge>
                    {one.fault !== undefined && (
                      <p className={css['small']}>
                        {words.faults[one.fault] ?? words.faultOther(one.fault)}{' '}
                        {one.awaySince !== undefined && words.since(format.dateTime(one.awaySince))}
                      </p>
                    )}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </Card>
    </section>
  );
}
