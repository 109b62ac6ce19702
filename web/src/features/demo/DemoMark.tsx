/** What the top bar says of a demo city: its time and speed, quietly. */
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../ui/useFormat';
import { demoQuery } from './queries';

export function DemoMark() {
  const { t } = useTranslation('demo');
  const { moment } = useFormat();
  const { data: demo } = useQuery(demoQuery);
  if (!demo) return <>{t('demo')}</>;
  const pace = demo.is_running ? `${demo.speed}×` : t('paused');
  return (
    <>
      {t('demo')} · <span className="number">{moment(demo.now)}</span> · {pace}
    </>
  );
}
