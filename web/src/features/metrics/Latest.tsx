/** The newest whole day of a metric and its last two weeks; asked for when the cell comes into view. */
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { numberAt, readAnswer } from '../../charts/answer';
import { Sparkline } from '../../ui/Kpi';
import { useFormat } from '../../ui/useFormat';
import { useSeen } from '../../ui/useSeen';
import css from './metrics.module.css';
import { answerQuery, type Metric } from './queries';

export function Latest({ metric, hasTime }: { metric: Metric; hasTime: boolean }) {
  const { t } = useTranslation('metrics');
  const { lang, written, line, period, day, now } = useFormat();
  const [host, isSeen] = useSeen();
  const asked = hasTime
    ? answerQuery({ metrics: [metric.name], grain: 'day', range: { last: '14d' } })
    : answerQuery({ metrics: [metric.name] });
  const { data, isError, error } = useQuery({ ...asked, enabled: isSeen && metric.readable, staleTime: 60_000 });
  const { time, metrics } = data ? readAnswer(data, lang) : {};
  const today = day(now().toISOString());
  const values = metrics?.[0]?.values.map((_, row) => (metrics[0] ? numberAt(metrics[0], row) : null)) ?? [];
  const isPart = time?.values.length && String(time.values.at(-1)).slice(0, 10) === today;
  const whole = isPart ? values.slice(0, -1) : values;
  const value = whole.at(-1) ?? null;
  const words = { unit: metric.unit, format: metric.format };
  const said = written(value, words);
  const at = time && whole.length ? String(time.values[whole.length - 1]) : '';
  return (
    <span className={css.latest} ref={host}>
      {data && value === null && <span className="muted">{t('noValue')}</span>}
      {(isError || !metric.readable) && (
        <span className="muted" title={error?.message ?? t('notReadable')}>
          {t('hidden')}
        </span>
      )}
      {value !== null && (
        <span className={css.latestWords} title={line(value, { ...words, exact: true })}>
          <span className="number">
            <b>{said.value}</b> {said.unit}
          </span>
          <small>{at ? period(at, 'day') : t('allTime')}</small>
        </span>
      )}
      {whole.length > 1 && <Sparkline values={whole} className={css.spark} />}
    </span>
  );
}
