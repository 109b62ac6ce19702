/** What the rule would have done in the past, with its own threshold or another one; nothing is told, nothing saved. */
import { useMutation } from '@tanstack/react-query';
import { Button, InputNumber, Segmented } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { usePlace } from '../../query/usePlace';
import { useView } from '../../routing/search';
import { Card } from '../../ui/Card';
import { Failure, Skeleton } from '../../ui/StateView';
import { type Happening, Timeline } from '../../ui/Timeline';
import { useFormat } from '../../ui/useFormat';
import css from './alerts.module.css';
import { type Definition, preview } from './queries';
import { alertView, PAST } from './views';
import { thresholdOf, useFigure } from './words';

const MOST = 20;

export function TryOut({ definition }: { definition: Definition }) {
  const { t } = useTranslation('alerts');
  const [view, change] = useView(alertView);
  const own = thresholdOf(definition);
  const [threshold, setThreshold] = useState(view.threshold === '' ? own : Number(view.threshold) || own);
  const tried = useMutation({ mutationFn: () => preview(definition, threshold, view.past) });
  const place = usePlace();
  const figure = useFigure(definition);
  const { fullMoment, duration } = useFormat();
  const items = (tried.data?.episodes ?? [])
    .toReversed()
    .slice(0, MOST)
    .map(
      (each, i): Happening => ({
        key: String(i),
        at: each.from,
        title: `${place(each.place)} · ${t('worst', { value: figure(each.worst) })}`,
        by: each.to ? t('until', { at: fullMoment(each.to) }) : t('lasting'),
        tone: 'warning',
      }),
    );
  return (
    <Card title={t('try.title')} subtitle={t('try.subtitle')}>
      <div className={css.form}>
        <div className={css.row}>
          <Segmented
            aria-label={t('try.range')}
            value={view.past}
            onChange={(past) => change({ past })}
            options={PAST.map((value) => ({ value, label: t(`past.${value}`) }))}
          />
          <InputNumber
            aria-label={t('try.threshold')}
            value={threshold}
            onChange={(value) => {
              setThreshold(value ?? own);
              change({ threshold: value === null || value === own ? '' : String(value) });
            }}
          />
          <Button type="primary" loading={tried.isPending} onClick={() => tried.mutate()}>
            {t('try.run')}
          </Button>
        </div>
        {tried.isPending && <Skeleton height={120} />}
        {tried.error && <Failure error={tried.error} height={140} />}
        {tried.data && (
          <>
            <p aria-live="polite">
              <strong>{t('try.found', { count: tried.data.episodes.length })}</strong>
              <span className="muted">
                {' '}
                {t('try.how', { moments: tried.data.moments, step: duration(tried.data.step_s) })}
              </span>
            </p>
            <Timeline label={t('try.title')} items={items} />
          </>
        )}
      </div>
    </Card>
  );
}
