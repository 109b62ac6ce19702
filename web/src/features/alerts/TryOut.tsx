/** What the rule would have done in the past with another threshold, beside what it does now; nothing is told, nothing saved. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { Button, InputNumber } from 'antd';
import { lazy, Suspense, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { LEGEND_PX, type ReplayChart } from '../../query/replay';
import { usePlace } from '../../query/usePlace';
import { thresholdOf, useFigure, useThresholds } from '../../query/useRule';
import { useView } from '../../routing/search';
import { Card } from '../../ui/Card';
import { Empty, Failure, Skeleton } from '../../ui/StateView';
import { type Happening, Timeline } from '../../ui/Timeline';
import { useFormat } from '../../ui/useFormat';
import css from './alerts.module.css';
import { type Definition, preview, type Replayed, replayQuery } from './queries';
import { alertView, pastOf } from './views';

const ReplayView = lazy(() => import('../../query/ReplayView').then((found) => ({ default: found.ReplayView })));
const CHART_PX = 220;
/** Episodes listed below the chart, the newest first. */
const MOST = 6;

export function TryOut({ definition }: { definition: Definition }) {
  const { t } = useTranslation('alerts');
  const [view, change] = useView(alertView);
  const past = pastOf(view.past, definition);
  const own = thresholdOf(definition);
  const [threshold, setThreshold] = useState(view.threshold === '' ? own : Number(view.threshold) || own);
  const tried = useMutation({ mutationFn: (value: number) => preview(definition, value, past) });
  const { figure, isShare } = useFigure(definition);
  return (
    <Card title={t('try.title')} subtitle={t('try.subtitle', { past: t(`past.${past}`) })}>
      <div className={css.form}>
        <form
          className={css.row}
          onSubmit={(event) => {
            event.preventDefault();
            tried.mutate(threshold);
          }}
        >
          <span className="muted">{t('try.own', { value: figure(own) })}</span>
          <InputNumber
            aria-label={t('try.threshold')}
            prefix={t('try.threshold')}
            value={threshold}
            step={isShare ? 0.01 : 1}
            style={{ width: 200 }}
            onChange={(value) => {
              setThreshold(value ?? own);
              change({ threshold: value === null || value === own ? '' : String(value) });
            }}
          />
          <Button type="primary" htmlType="submit" loading={tried.isPending}>
            {t('try.run')}
          </Button>
        </form>
        {tried.isPending ? (
          <Skeleton height={CHART_PX + LEGEND_PX + 60} />
        ) : tried.error ? (
          <Failure error={tried.error} height={CHART_PX + LEGEND_PX + 60} />
        ) : tried.data ? (
          <Found definition={definition} past={past} threshold={tried.variables} replay={tried.data} />
        ) : (
          <Empty title={t('try.notYet')} hint={t('try.notYetHint')} height={CHART_PX + LEGEND_PX + 60} />
        )}
      </div>
    </Card>
  );
}

interface FoundProps {
  definition: Definition;
  past: string;
  threshold: number;
  replay: Replayed;
}

function Found({ definition, past, threshold, replay }: FoundProps) {
  const { t } = useTranslation('alerts');
  const place = usePlace();
  const { figure, isShare } = useFigure(definition);
  const { fullMoment, duration } = useFormat();
  const { data: present } = useQuery(replayQuery(definition, past));
  const own = useThresholds(definition);
  const isOther = threshold !== thresholdOf(definition);
  const chart = useMemo(
    (): ReplayChart => ({
      times: replay.values.map(({ at }) => at),
      lines: [{ name: t('try.nearest'), values: replay.values.map(({ value }) => value), isMain: true }],
      thresholds: isOther
        ? [
            ...own.filter(({ kind }) => kind === 'own'),
            { value: threshold, words: t('try.line', { value: figure(threshold) }), kind: 'tried' },
          ]
        : own,
      bands: replay.episodes.map((each) => ({ from: each.from, to: each.to, kind: 'would' })),
    }),
    [replay, threshold, isOther, own, figure, t],
  );
  if (replay.series.length === 0) return <Empty title={t('unseen')} hint={t('unseenHint')} height={CHART_PX} />;
  const items = replay.episodes
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
    <>
      <p aria-live="polite">
        <strong>{t('try.found', { value: figure(threshold), count: replay.episodes.length })}</strong>
        {isOther && present && <> {t('try.against', { count: present.episodes.length })}</>}
        <span className="muted"> {t('try.how', { moments: replay.moments, step: duration(replay.step_s) })}</span>
      </p>
      <Suspense fallback={<Skeleton height={CHART_PX + LEGEND_PX} />}>
        <ReplayView chart={chart} figure={figure} isShare={isShare} height={CHART_PX} />
      </Suspense>
      <Timeline label={t('try.title')} items={items} />
      {replay.episodes.length > MOST && (
        <p className="muted">{t('try.more', { count: replay.episodes.length - MOST })}</p>
      )}
    </>
  );
}
