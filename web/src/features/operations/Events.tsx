/** The newest events around the loop, from loads, alerts and orders; new ones appear by themselves. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useSeesOrders } from '../../api/session';
import { useSay } from '../../i18n/texts';
import { usePlace } from '../../query/usePlace';
import { Card } from '../../ui/Card';
import { Empty, Skeleton } from '../../ui/StateView';
import { type Happening, Timeline } from '../../ui/Timeline';
import { useFormat } from '../../ui/useFormat';
import { Words } from '../../ui/Words';
import css from './overview.module.css';
import { alertsQuery, batchesQuery, datasetsQuery, episodesQuery, ordersQuery } from './queries';

const MOST = 12;

/** Loads that found nothing new are no news. */
function hasNews(batch: { status: string; good: number; quarantined: number }): boolean {
  return batch.status !== 'published' || batch.good + batch.quarantined > 0;
}

export function Events() {
  const { t } = useTranslation('overview');
  const items = useEvents();
  return (
    <Card title={t('events.title')} subtitle={t('events.subtitle')}>
      {items === undefined ? (
        <Skeleton height={360} />
      ) : items.length === 0 ? (
        <Empty height={240} hint={t('events.empty')} />
      ) : (
        <div className={css.scroll}>
          <Timeline label={t('events.title')} items={items} />
        </div>
      )}
    </Card>
  );
}

function useEvents(): Happening[] | undefined {
  const { t } = useTranslation('overview');
  const say = useSay();
  const placeOf = usePlace();
  const { short, line } = useFormat();
  const batches = useQuery(batchesQuery);
  const episodes = useQuery(episodesQuery);
  const orders = useQuery({ ...ordersQuery, enabled: useSeesOrders() });
  const datasets = useQuery(datasetsQuery).data;
  const alerts = useQuery(alertsQuery).data;
  if (batches.isPending || episodes.isPending) return undefined;

  const titleOf = (name: string) => say(datasets?.find((each) => each.name === name)?.title, name);
  const loaded = (batches.data ?? []).filter(hasNews).map((each): Happening => {
    const words = { name: titleOf(each.dataset), good: short(each.good), aside: short(each.quarantined) };
    return {
      key: `b${each.number}`,
      at: each.finished_at ?? each.started_at ?? '',
      title: (
        <Link to="/datasets/$name" params={{ name: each.dataset }} search={{ tab: 'batches' }}>
          <Words
            of={t(
              each.status === 'held' ? 'events.held' : each.kind === 'replay' ? 'events.replayed' : 'events.loaded',
              words,
            )}
          />
        </Link>
      ),
      by: each.quarantined ? t('events.withAside', words) : t('events.allGood', words),
      tone: each.status === 'held' ? 'bad' : each.quarantined ? 'warning' : 'good',
    };
  });
  const fired = (episodes.data ?? []).map((each): Happening => {
    const definition = alerts?.find((alert) => alert.definition.name === each.alert)?.definition;
    const words = { name: say(definition?.title, each.alert), place: placeOf(each.place) };
    return {
      key: `e${each.id}`,
      at: each.resolved_at ?? each.fired_at,
      title: (
        <Link to="/alerts/$name" params={{ name: each.alert }}>
          <Words of={t(each.resolved_at ? 'events.resolved' : 'events.fired', words)} />
        </Link>
      ),
      by: t('events.value', { value: line(each.value, { format: 'decimal' }), place: words.place }),
      tone: each.resolved_at ? 'good' : each.severity === 'info' ? 'info' : 'bad',
    };
  });
  const moved = (orders.data ?? []).map(
    (each): Happening => ({
      key: `o${each.id}`,
      at: each.updated_at,
      title: (
        <Link to="/workorders/$number" params={{ number: each.number }}>
          {t(`events.order.${each.status}`, { number: each.number })} <Words of={say(each.title)} />
        </Link>
      ),
      tone: each.status === 'finished' ? 'good' : each.is_overdue ? 'bad' : 'info',
    }),
  );
  return [...loaded, ...fired, ...moved]
    .filter((each) => each.at)
    .sort((a, b) => b.at.localeCompare(a.at))
    .slice(0, MOST);
}
