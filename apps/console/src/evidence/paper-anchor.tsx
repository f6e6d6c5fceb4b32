import { Button, Card, EmptyState, useFormats } from '@app/ui';
import { encode } from 'uqr';
import { useSession } from '../session/session';
import { useTexts } from '../texts/use-texts';
import type { Evidence } from './evidence';
import css from './evidence.module.css';

/** The checkpoint on a sheet of paper: the one part of the page that is printed. */
export function PaperAnchor({ evidence }: { evidence: Evidence }) {
  const words = useTexts().evidence;
  const format = useFormats();
  const { me } = useSession();
  const { checkpoint } = evidence;
  return (
    <section aria-labelledby="evidence-paper" className={css['paper']} data-print>
      <h2 id="evidence-paper">{words.paperTitle}</h2>
      {checkpoint === undefined ? (
        <EmptyState icon="note" title={words.paperEmpty} />
      ) : (
        <>
          <p className={css['intro']}>{words.paperIntro}</p>
          <Card className={css['sheet']}>
            <div className={css['stack']}>
              <h3>{words.paperOf(me.tenant.name)}</h3>
              <p>{words.paperSize(format.number(checkpoint.size), format.dateTime(checkpoint.signedAt))}</p>
              <pre>{checkpoint.text}</pre>
              <p className={css['small']}>{words.paperCheck}</p>
              <pre>node verify.mjs EXPORT.zip --against paper.checkpoint</pre>
              <p className={css['small']}>{words.paperMeaning}</p>
              <p className={css['sign']}>{words.paperSign}</p>
            </div>
            <QrCode text={checkpoint.text} label={words.paperQr} />
          </Card>
          <Button icon="note" className={css['noPrint']} onClick={() => window.print()}>
            {words.print}
          </Button>
        </>
      )}
    </section>
  );
}

/** Dark on light in any theme: cameras want it so. */
function QrCode({ text, label }: { text: string; label: string }) {
  const { data, size } = encode(text, { ecc: 'M', border: 4 });
  const path = data
    .flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : '')))
    .join('');
  return (
    <svg
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={label}
      className={css['qr']}
      shapeRendering="crispEdges"
    >
      <rect width={size} height={size} fill="#ffffff" />
      <path d={path} fill="#000000" />
    </svg>
  );
}
