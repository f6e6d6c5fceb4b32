import { Button, Card } from '@app/ui';
import { useCallback } from 'react';
import { LoadFailed } from '../loading/load-failed';
import { useLoaded } from '../loading/use-loaded';
import type { SigningKeys } from '../protocol';
import { useSession } from '../session/session';
import { useTexts } from '../texts/use-texts';
import css from './exports.module.css';

/** The keys with which a bundle is checked, to be given away before there is one. */
export function SigningKeysCard() {
  const { keys } = useTexts().exports;
  const { ask, me } = useSession();
  const load = useCallback(() => ask.get<SigningKeys>('/api/officer/signing-keys'), [ask]);
  const { data, error, reload } = useLoaded(load);
  if (error !== undefined) return <LoadFailed error={error} retry={reload} />;
  if (data === undefined) return null;
  const { server, log } = data;
  return (
    <Card className={css['sheet']} data-testid="signing-keys">
      <div className={css['form']}>
        <h2>{keys.title}</h2>
        <p className={css['meta']}>{keys.text}</p>
        <div className={css['key']}>
          <span>{keys.server}</span>
          <code>{inGroups(server.fingerprint)}</code>
          <Button
            look="quiet"
            icon="download"
            onClick={() => save(`${me.tenant.slug}-server.asc`, server.publicKey)}
          >
            {keys.saveServer}
          </Button>
        </div>
        <div className={css['key']}>
          <span>{keys.log}</span>
          <code>{log.vkey}</code>
          <Button
            look="quiet"
            icon="download"
            onClick={() => save(`${me.tenant.slug}-log.vkey`, `${log.vkey}\n`)}
          >
            {keys.saveLog}
          </Button>
        </div>
      </div>
    </Card>
  );
}

/** As GnuPG shows a fingerprint: groups of four, which people can compare. */
export function inGroups(fingerprint: string): string {
  return fingerprint.replaceAll(/(.{4})(?=.)/g, '$1 ');
}

function save(name: string, content: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([content], { type: 'text/plain' }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
