/** What the rule saw over a past range, at the place that matters most or one that is chosen, with what fired and what was silent. */
import { useQuery } from '@tanstack/react-query';
import { Segmented, Select } from 'antd';
import { lazy, Suspense, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { usePlace } from '../../query/usePlace';
import { useView } from '../../routing/search';
import { Card } from '../../ui/Card';
import { Empty, Skeleton, StateView } from '../../ui/StateView';
import { useFormat } from '../../ui/useFormat';
import css from './alerts.module.css';
import { isAt, isSame, type Place } from './places';
import { type Alert, type Episode, episodesQuery, type Replayed, replayQuery } from './queries';
import type { Band, ReplayChart } from './replay';
import { alertView, PAST, pastOf } from './views';
import { useFigure, useThresholds } from './words';

const ReplayView = lazy(() => import('./ReplayView').then((found) => ({ default: found.ReplayView })));
const CHART_PX = 260;
/** Other places drawn to compare with. */
const OTHERS = 5;
const MOST = 200;

export function Trend({ alert }: { alert: Alert }) {
  const { t } = useTranslation('alerts');
  const [view, change] = useView(alertView);
  const { definition } = alert;
  const past = pastOf(view.past, definition);
  const query = useQuery(replayQuery(definition, past));
  const episodes = useQuery(episodesQuery({ alert: definition.name, limit: MOST }));
  return (
    <Card
      title={t('trend')}
      actions={
        <Segmented
          size="small"
          aria-label={t('try.range')}
          value={past}
          onChange={(chosen) => change({ past: chosen })}
          options={PAST.map((value) => ({ value, label: t(`past.${value}`) }))}
        />
      }
    >
      <StateView
        query={query}
        height={CHART_PX + 64}
        isEmpty={(replay) => replay.series.length === 0}
        empty={<Empty title={t('unseen')} hint={t('unseenHint')} height={CHART_PX + 64} />}
      >
        {(replay) => <Drawn alert={alert} replay={replay} episodes={episodes.data ?? []} />}
      </StateView>
    </Card>
  );
}

function Drawn({ alert, replay, episodes }: { alert: Alert; replay: Replayed; episodes: readonly Episode[] }) {
  const { t } = useTranslation('alerts');
  const [view, change] = useView(alertView);
  const words = usePlace();
  const { duration } = useFormat();
  const { figure, isShare } = useFigure(alert.definition);
  const thresholds = useThresholds(alert.definition);
  const place = placeOf(alert, replay, view.place);
  const chart = useMemo(
    (): ReplayChart => ({
      times: replay.values.map(({ at }) => at),
      lines: replay.series
        .filter((each, i) => isSame(each.place, place) || i < OTHERS)
        .map((each) => ({ name: words(each.place), values: each.values, isMain: isSame(each.place, place) }))
        .toSorted((a, b) => Number(a.isMain) - Number(b.isMain)),
      thresholds,
      bands: bandsOf(alert, place, episodes, t),
    }),
    [alert, replay, episodes, place, words, thresholds, t],
  );
  const fired = chart.bands.filter(({ kind }) => kind === 'fired').length;
  return (
    <div className={css.form}>
      <div className={css.row}>
        {replay.series.length > 1 ? (
          <Select
            size="small"
            aria-label={t('column.place')}
            showSearch={{ optionFilterProp: 'label' }}
            popupMatchSelectWidth={false}
            value={JSON.stringify(place)}
            onChange={(key) => change({ place: key })}
            options={replay.series.map((each) => ({ value: JSON.stringify(each.place), label: words(each.place) }))}
            style={{ minWidth: 180 }}
          />
        ) : (
          <strong>{words(place)}</strong>
        )}
        <span className="muted">
          {t('chart.fired', { count: fired })} · {t('chart.step', { step: duration(replay.step_s) })}
          {chart.lines.length > 1 && ` · ${t('chart.others', { count: chart.lines.length - 1 })}`}
        </span>
      </div>
      <Suspense fallback={<Skeleton height={CHART_PX} />}>
        <ReplayView chart={chart} figure={figure} isShare={isShare} height={CHART_PX} />
      </Suspense>
    </div>
  );
}

/** The chosen place; else one that fires; else the one nearest to it. */
function placeOf(alert: Alert, { series }: Replayed, chosen: string): Place {
  const firing = alert.standings.filter((each) => each.state === 'firing');
  const found =
    series.find((each) => JSON.stringify(each.place) === chosen) ??
    series.find((each) => firing.some(({ place }) => isSame(place, each.place))) ??
    series[0];
  return found?.place ?? {};
}

/** What fired here, told or silent, and the silences that hold. */
function bandsOf(alert: Alert, place: Place, episodes: readonly Episode[], t: (key: string) => string): Band[] {
  const fired = episodes
    .filter((each) => isSame(each.place, place))
    .map((each): Band => {
      const isSilent = each.told_at === null;
      return {
        from: each.fired_at,
        to: each.resolved_at,
        words: t(isSilent ? 'chart.firedSilent' : 'chart.band'),
        kind: 'fired',
      };
    });
  const silent = alert.silences
    .filter((each) => isAt(place, each.place))
    .map((each): Band => ({ from: each.made_at, to: each.until, words: t('chart.silent'), kind: 'silent' }));
  return [...silent, ...fired];
}
