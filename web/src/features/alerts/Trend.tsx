/** What the rule saw over a past range, at the place that matters most or one that is chosen, with what fired and what was silent. */
import { useQuery } from '@tanstack/react-query';
import { Segmented, Select } from 'antd';
import { lazy, Suspense, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Band, LEGEND_PX, type ReplayChart } from '../../query/replay';
import { usePlace } from '../../query/usePlace';
import { useFigure, useThresholds } from '../../query/useRule';
import { useView } from '../../routing/search';
import { Card } from '../../ui/Card';
import { Empty, Skeleton, StateView } from '../../ui/StateView';
import { useFormat } from '../../ui/useFormat';
import css from './alerts.module.css';
import { isAt, isSame, type Place } from './places';
import { type Alert, type Happened, happenedQuery, type Replayed, replayQuery } from './queries';
import { useReplayNews } from './refresh';
import { alertView, PAST, PAST_DAYS, pastOf } from './views';

const ReplayView = lazy(() => import('../../query/ReplayView').then((found) => ({ default: found.ReplayView })));
const NOTHING: Happened = { episodes: [], silences: [] };
const CHART_PX = 260;
/** Other places drawn to compare with. */
const OTHERS = 5;

export function Trend({ alert }: { alert: Alert }) {
  const { t } = useTranslation('alerts');
  const [view, change] = useView(alertView);
  const { definition } = alert;
  const past = pastOf(view.past, definition);
  useReplayNews(definition.name);
  const query = useQuery(replayQuery(definition, past));
  const { now } = useFormat();
  const happened = useQuery(happenedQuery(definition.name, past, PAST_DAYS[past], now)).data ?? NOTHING;
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
        height={CHART_PX + LEGEND_PX + 44}
        isEmpty={(replay) => replay.series.length === 0}
        empty={<Empty title={t('unseen')} hint={t('unseenHint')} height={CHART_PX + LEGEND_PX + 44} />}
      >
        {(replay) => <Drawn alert={alert} replay={replay} happened={happened} />}
      </StateView>
    </Card>
  );
}

function Drawn({ alert, replay, happened }: { alert: Alert; replay: Replayed; happened: Happened }) {
  const { t } = useTranslation('alerts');
  const [view, change] = useView(alertView);
  const words = usePlace();
  const { duration } = useFormat();
  const { figure, isShare } = useFigure(alert.definition);
  const thresholds = useThresholds(alert.definition);
  // Whoever looks at a place goes on looking at it, whatever fires elsewhere meanwhile.
  const [first] = useState(() => placeOf(alert, replay, ''));
  const place = placeOf(alert, replay, view.place || JSON.stringify(first));
  const chart = useMemo(
    (): ReplayChart => ({
      times: replay.values.map(({ at }) => at),
      lines: replay.series
        .filter((each, i) => isSame(each.place, place) || i < OTHERS)
        .map((each) => ({ name: words(each.place), values: each.values, isMain: isSame(each.place, place) }))
        .toSorted((a, b) => Number(a.isMain) - Number(b.isMain)),
      thresholds,
      bands: bandsOf(happened, place, replay),
    }),
    [replay, happened, place, words, thresholds],
  );
  const labelOf = (each: Place) => (isFiring(alert, each) ? `${words(each)} · ${t('state.firing')}` : words(each));
  const fired = chart.bands.filter(({ kind }) => kind !== 'silent').length;
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
            options={replay.series.map((each) => ({ value: JSON.stringify(each.place), label: labelOf(each.place) }))}
            style={{ minWidth: 180 }}
          />
        ) : (
          <strong>{words(place)}</strong>
        )}
        <span className="muted">
          {t('chart.times', { count: fired })} · {t('chart.step', { step: duration(replay.step_s) })}
        </span>
      </div>
      <Suspense fallback={<Skeleton height={CHART_PX + LEGEND_PX} />}>
        <ReplayView chart={chart} figure={figure} isShare={isShare} height={CHART_PX} />
      </Suspense>
    </div>
  );
}

/** The chosen place; else one that fires; else the one nearest to it. */
function placeOf(alert: Alert, { series }: Replayed, chosen: string): Place {
  const found =
    series.find((each) => JSON.stringify(each.place) === chosen) ??
    series.find((each) => isFiring(alert, each.place)) ??
    series[0];
  return found?.place ?? {};
}

function isFiring({ standings }: Alert, place: Place): boolean {
  return standings.some((each) => each.state === 'firing' && isSame(each.place, place));
}

/** What fired at a place while it was looked at, told or silent, and the silences that held there. */
function bandsOf({ episodes, silences }: Happened, place: Place, { values }: Replayed): Band[] {
  const start = Date.parse(values[0]?.at ?? '');
  const fired = episodes
    .filter((each) => isSame(each.place, place))
    .map((each): Band => {
      const kind = each.told_at === null ? 'quiet' : 'fired';
      return { from: each.fired_at, to: each.resolved_at, kind };
    });
  const silent = silences
    .filter((each) => isAt(place, each.place))
    .map((each): Band => ({ from: each.made_at, to: each.until, kind: 'silent' }));
  return [...silent, ...fired].filter(({ to }) => !to || Date.parse(to) >= start);
}
