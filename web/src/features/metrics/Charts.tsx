/** How a metric moves, and what it splits into; both asked of the one query endpoint. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Segmented, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { AnswerView } from '../../charts/AnswerView';
import { useSay } from '../../i18n/texts';
import { useView } from '../../routing/search';
import { Card } from '../../ui/Card';
import { NoPermission, StateView } from '../../ui/StateView';
import { useFormat } from '../../ui/useFormat';
import css from './metrics.module.css';
import { type Asked, answerQuery, type MetricDetail } from './queries';
import { metricView, RANGES } from './views';

const HEIGHT = 280;
const MOST_BARS = 12;
const GRAINS: Record<(typeof RANGES)[number], Asked['grain']> = {
  '7d': 'day',
  '30d': 'day',
  '12w': 'week',
  '12m': 'month',
};

export function Trend({ metric }: { metric: MetricDetail }) {
  const { t } = useTranslation('metrics');
  const [view, change] = useView(metricView);
  const query = useQuery({
    ...answerQuery(
      metric.has_time
        ? { metrics: [metric.name], grain: GRAINS[view.range], range: { last: view.range } }
        : { metrics: [metric.name] },
    ),
    enabled: metric.readable,
  });
  return (
    <Card
      title={metric.has_time ? t('trend') : t('now')}
      subtitle={metric.has_time ? metric.name : t('noTime')}
      actions={
        metric.has_time &&
        metric.readable && (
          <Segmented
            size="small"
            aria-label={t('range')}
            value={view.range}
            onChange={(range) => change({ range })}
            options={RANGES.map((value) => ({ value, label: t(`ranges.${value}`) }))}
          />
        )
      }
      foot={metric.readable && <Foot data={query.data} />}
    >
      {metric.readable ? (
        <StateView query={query} height={HEIGHT}>
          {(answer) => <AnswerView answer={answer} chart={metric.has_time ? 'line' : 'kpi'} height={HEIGHT} />}
        </StateView>
      ) : (
        <NoPermission height={HEIGHT} hint={t('notReadable')} />
      )}
    </Card>
  );
}

/** By the dimension of the URL, or one that the reader may split by: rather one of few named values than one of many. */
export function Breakdown({ metric }: { metric: MetricDetail }) {
  const { t } = useTranslation('metrics');
  const say = useSay();
  const [view, change] = useView(metricView);
  const usable = metric.dimensions.filter((each) => each.readable);
  const dimension = usable.find((each) => each.name === view.by) ?? usable.find((each) => each.codes) ?? usable[0];
  const query = useQuery({
    ...answerQuery({
      metrics: [metric.name],
      by: dimension ? [dimension.name] : [],
      ...(metric.has_time ? { range: { last: view.range } } : {}),
      order: [{ by: metric.name, descending: true }],
      limit: MOST_BARS,
    }),
    enabled: dimension !== undefined,
  });
  if (!dimension)
    return (
      <Card title={t('breakdown')}>
        <NoPermission height={HEIGHT} hint={t('noneReadable')} />
      </Card>
    );
  return (
    <Card
      title={t('breakdown')}
      actions={
        <Select
          size="small"
          aria-label={t('by')}
          value={dimension.name}
          onChange={(by) => change({ by })}
          options={usable.map((each) => ({ value: each.name, label: say(each.title, each.name) }))}
          popupMatchSelectWidth={false}
          style={{ minWidth: 120 }}
        />
      }
      foot={t('topOf', { count: String(MOST_BARS) })}
    >
      <StateView query={query} height={HEIGHT}>
        {(answer) => <AnswerView answer={answer} chart="bar" height={HEIGHT} />}
      </StateView>
    </Card>
  );
}

/** As of when, from which versions, and whether it is only a part. */
function Foot({
  data,
}: {
  data: { as_of: string | null; versions: Record<string, number>; limited: string[] } | undefined;
}) {
  const { t } = useTranslation('metrics');
  const { fullMoment } = useFormat();
  if (!data) return '…';
  return (
    <>
      {t('asOf', { at: fullMoment(data.as_of) })}
      {Object.entries(data.versions).map(([name, version]) => (
        <span key={name}>
          {' · '}
          <Link to="/datasets/$name" params={{ name }} search={{ tab: 'versions' }} className={css.underlined}>
            {name} v{version}
          </Link>
        </span>
      ))}
      {data.limited.length > 0 && ` · ${t('limited')}`}
    </>
  );
}
