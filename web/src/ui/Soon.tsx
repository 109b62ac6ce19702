/** A page that is planned and not built yet. */
import { useTranslation } from 'react-i18next';
import { Card } from './Card';
import { Page } from './Page';
import { Empty } from './StateView';

/** `name` is a key of `shell:nav`. */
export function Soon({ name }: { name: string }) {
  const { t } = useTranslation(['ui', 'shell']);
  return (
    <Page title={t(`shell:nav.${name}`)}>
      <Card>
        <Empty height={320} title={t('soon.title')} hint={t('soon.hint')} />
      </Card>
    </Page>
  );
}
