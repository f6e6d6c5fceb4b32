import { Button, type SessionEnd } from '@app/ui';
import { useEffect } from 'react';
import { LanguageSwitch } from '../shell/language-switch';
import { Mark } from '../shell/mark';
import { useTexts } from '../texts/use-texts';
import css from './sign-in.module.css';

export function SignedOutPage({ reason, onAgain }: { reason: SessionEnd; onAgain: () => void }) {
  const texts = useTexts();
  useEffect(() => {
    document.title = `${texts.ended.title} · ${texts.product}`;
  }, [texts]);
  return (
    <main className={css['page']}>
      <div className={css['sheet']}>
        <Mark />
        <div className={css['form']}>
          <div role="status">
            <h1 className={css['title']}>{texts.ended.title}</h1>
            <p className={css['intro']}>{texts.ended[reason]}</p>
          </div>
          <Button look="primary" wide onClick={onAgain}>
            {texts.ended.again}
          </Button>
        </div>
      </div>
      <LanguageSwitch />
    </main>
  );
}
