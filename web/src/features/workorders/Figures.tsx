/**
 * Headline figures of the orders. Who may read the orders as data sees real metrics, each opens its own page; everybody else
 * sees how many of the orders that he sees stand where. Overdue ones open the list of them.
 */
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { numberAt, readAnswer } from '../../charts/answer';
import { useLang } from '../../i18n/texts';
import { metricsQuery } from '../../query/queries';
import { Kpi } from '../../ui/Kpi';
import { Cells } from '../../ui/Page';
import { Skeleton } from '../../ui/StateView';
import { countsQuery, type Figure, figuresQuery, overdueQuery } from './queries';
import { COUNTED, NO_FILTERS, type workordersView } from './views';

const RECENT = { last: '30d' };
const SHOWN: Figure[] = ['orders_opened', 'orders_on_time_share', 'order_handling_minutes'];
const HEIGHT_PX = 104;

type Changed = Partial<ReturnType<(typeof workordersView)['read']>>;

export function Figures({ change }: { change: (changed: Changed, how: 'push') => void }) {
  const { t } = useTranslation('workorders');
  const metrics = useQuery(metricsQuery);
  const mayRead = SHOWN.every((name) => metrics.data?.some((each) => each.name === name && each.readable));
  const list = (only: Changed) => change({ ...NO_FILTERS, ...only, view: 'list' }, 'push');
  if (metrics.isPending)
    return (
      <Cells least={160}>
        {['overdue', ...SHOWN].map((name) => (
          <Skeleton key={name} height={HEIGHT_PX} />
        ))}
      </Cells>
    );
  return (
    <>
      <h2 className="unseen">{t('figures')}</h2>
      <Cells least={160}>
        {mayRead ? <Measured /> : <Counted list={list} />}
        <Overdue onOpen={() => list({ overdue: true })} />
      </Cells>
    </>
  );
}

function Measured() {
  const { t } = useTranslation('workorders');
  const lang = useLang();
  const navigate = useNavigate();
  const today = useQuery(figuresQuery(['orders_opened'], { this: 'day' })).data;
  const recent = useQuery(figuresQuery(['orders_on_time_share', 'order_handling_minutes'], RECENT)).data;
  const of = (answer: typeof today, name: string) => {
    const field = answer && readAnswer(answer, lang).metrics.find((each) => each.column.name === name);
    return field ? numberAt(field, 0) : null;
  };
  const open = (name: Figure) => () => void navigate({ to: '/metrics/$name', params: { name } });
  const minutes = of(recent, 'order_handling_minutes');
  return (
    <>
      <Kpi
        title={t('figure.today')}
        value={of(today, 'orders_opened') ?? (today ? 0 : null)}
        words={{ format: 'integer', unit: t('unit') }}
        onOpen={open('orders_opened')}
      />
      <Kpi
        title={t('figure.onTime')}
        value={of(recent, 'orders_on_time_share')}
        words={{ format: 'percent' }}
        note={t('figure.recent')}
        onOpen={open('orders_on_time_share')}
      />
      <Kpi
        title={t('figure.handling')}
        value={minutes === null ? null : minutes * 60}
        words={{ format: 'duration' }}
        note={t('figure.recent')}
        onOpen={open('order_handling_minutes')}
      />
    </>
  );
}

function Counted({ list }: { list: (only: Changed) => void }) {
  const { t } = useTranslation('workorders');
  const counts = useQuery(countsQuery).data;
  return COUNTED.map((status) => (
    <Kpi
      key={status}
      title={t(`stage.${status}`)}
      value={counts?.reduce((sum, each) => sum + (each.status === status ? each.orders : 0), 0) ?? null}
      words={{ format: 'integer', unit: t('unit') }}
      note={t('figure.yours')}
      onOpen={() => list({ status })}
    />
  ));
}

function Overdue({ onOpen }: { onOpen: () => void }) {
  const { t } = useTranslation('workorders');
  const overdue = useQuery(overdueQuery).data;
  return (
    <Kpi
      title={t('figure.overdue')}
      value={overdue?.total ?? null}
      words={{ format: 'integer', unit: t('unit') }}
      note={t('figure.overdueNote')}
      onOpen={onOpen}
    />
  );
}
