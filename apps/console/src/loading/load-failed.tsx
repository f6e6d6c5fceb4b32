import { Button, Notice } from '@app/ui';
import { failureWords } from '../texts/failure-words';
import { useTexts } from '../texts/use-texts';

/** What stands where something could not be loaded, with the way to try again. */
export function LoadFailed({ error, retry }: { error: unknown; retry: () => void }) {
  const texts = useTexts();
  return (
    <Notice
      tone="danger"
      role="alert"
      title={texts.common.loadFailed}
      action={<Button onClick={retry}>{texts.common.retry}</Button>}
    >
      {failureWords(error, texts)}
    </Notice>
  );
}
