/** How a column is shown to the person here: as it is, masked, or not at all. */
import { useTranslation } from 'react-i18next';
import { StatusTag } from '../../ui/StatusTag';

export function Treatment({ kind }: { kind: string }) {
  const { t } = useTranslation('datasets');
  if (kind === 'raw') return <StatusTag tone="good">{t('treatment.raw')}</StatusTag>;
  if (kind === 'deny') return <StatusTag>{t('treatment.deny')}</StatusTag>;
  return <StatusTag tone="info">{t('treatment.mask', { mask: t(`mask.${kind.split(':')[0]}`, kind) })}</StatusTag>;
}
