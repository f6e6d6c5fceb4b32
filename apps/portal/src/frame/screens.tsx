import { Button, EmptyState, type SessionEnd, Spinner } from '@app/ui';
import { usePortalText } from '../text';

export function LoadingScreen() {
  const text = usePortalText();
  return (
    <EmptyState headingLevel={1} title={text.loading}>
      <Spinner label={text.loading} />
    </EmptyState>
  );
}

export function NotFoundScreen() {
  const text = usePortalText();
  return (
    <EmptyState headingLevel={1} icon="search" title={text.notFoundTitle}>
      <p>{text.notFoundText}</p>
    </EmptyState>
  );
}

export function FailedScreen({ onRetry }: { onRetry: () => void }) {
  const text = usePortalText();
  return (
    <div role="alert">
      <EmptyState
        headingLevel={1}
        icon="warning"
        title={text.failedTitle}
        action={
          <Button look="primary" onClick={onRetry}>
            {text.tryAgain}
          </Button>
        }
      >
        <p>{text.failedText}</p>
      </EmptyState>
    </div>
  );
}

export function OverScreen({ reason, onRestart }: { reason: SessionEnd; onRestart: () => void }) {
  const text = usePortalText();
  return (
    <div role="alert">
      <EmptyState
        headingLevel={1}
        icon="lock"
        title={text.overTitle}
        action={
          <Button look="primary" onClick={onRestart}>
            {text.startAgain}
          </Button>
        }
      >
        <p>{text.overText[reason]}</p>
      </EmptyState>
    </div>
  );
}
