/** Pages for when there is none: a wrong address, or a page that broke. */
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Page } from '../ui/Page';
import { Empty, Failure } from '../ui/StateView';

export function NotFoundPage() {
  const { t } = useTranslation('shell');
  return (
    <Page title={t('lost.title')}>
      <Empty height={320} title={t('lost.words')} hint={t('lost.hint')} action={<Link to="/">{t('lost.home')}</Link>} />
    </Page>
  );
}

export function BrokenPage({ error, reset }: { error: unknown; reset: () => void }) {
  return <Failure error={error} retry={reset} height={360} />;
}
