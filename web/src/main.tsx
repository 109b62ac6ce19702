import './theme/base.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode, Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import { cache } from './api/cache';
import { whenSignedOut } from './api/client';
import { startI18n } from './i18n';
import { router } from './routes';
import { installVariables } from './theme/css';
import { ThemeProvider } from './theme/mode';
import { showCutWords } from './ui/cutWords';
import { ToastProvider } from './ui/toast';

/** Text that a chart draws before the font is there is never redrawn; longer than this nobody waits, ms. */
const FONT_WAIT_MS = 800;

async function start(): Promise<void> {
  installVariables();
  showCutWords();
  const font = document.fonts.load('400 12px "Inter Variable"', '0Aa');
  const patience = new Promise((resolve) => window.setTimeout(resolve, FONT_WAIT_MS));
  await Promise.all([startI18n(), Promise.race([font, patience])]);
  whenSignedOut(() => {
    cache.clear();
    const next = router.state.location.href;
    if (!next.startsWith('/login')) void router.navigate({ to: '/login', search: { next } });
  });
  const root = document.getElementById('root');
  if (!root) return;
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={cache}>
        <Suspense>
          <ThemeProvider>
            <ToastProvider>
              <RouterProvider router={router} />
            </ToastProvider>
          </ThemeProvider>
        </Suspense>
      </QueryClientProvider>
    </StrictMode>,
  );
}

void start();
