import { AnnouncerProvider, LocaleProvider } from '@app/ui';
import { createRoot } from 'react-dom/client';
import { browserPrimitives } from '../../src/check/browser-primitives';
import { CheckPage } from '../../src/check/check-page';

// For the test, which holds them against Node's.
Object.assign(window, { browserPrimitives });

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no root.');
createRoot(root).render(
  <LocaleProvider locale={location.hash === '#es' ? 'es' : 'en'}>
    <AnnouncerProvider>
      <main>
        <CheckPage onBack={() => undefined} />
      </main>
    </AnnouncerProvider>
  </LocaleProvider>,
);
