/** What the top bar says of a demo city: its time and speed, quietly. */
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../ui/useFormat';
import css from './demo.module.css';
import { demoQuery } from './queries';

export function DemoMark({ isBrief }: { isBrief: boolean }) {
  const { t } = useTranslation('demo');
  const { moment } = useFormat();
  const { data: demo } = useQuery(demoQuery);
  if (!demo) return <>{t('demo')}</>;
  const [, day = '', time] = /^(.*?)(\d\d:\d\d)$/.exec(moment(demo.now)) ?? [];
  const pace = demo.is_running ? `${demo.speed}×` : t('paused');
  if (isBrief) return `${t('demo')} · ${pace}`;
  return (
    <>
      <span className={css.word}>{t('demo')} · </span>
      <span className="number">
        <span className={css.word}>{day}</span>
        {time}
      </span>{' '}
      · {pace}
    </>
  );
}
