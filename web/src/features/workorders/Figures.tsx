/** Headline figures of the orders: real metrics, each opens its own page; overdue ones open the list of them. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { numberAt, readAnswer } from '../../charts/answer';
import { useLang } from '../../i18n/texts';
import { Kpi } from '../../ui/Kpi';
import { Cells } from '../../ui/Page';
import { figuresQuery, overdueQuery } from './queries';

const RECENT = { last: '30d' };

export function Figures({ onOverdue }: { onOverdue: () => void }) {
  const { t } = useTranslation('workorders');
  const lang = useLang();
  const navigate = useNavigate();
  const today = useQuery(figuresQuery(['orders_opened'], { this: 'day' })).data;
  const recent = useQuery(figuresQuery(['orders_on_time_share', 'order_handling_minutes'], RECENT)).data;
  const overdue = useQuery(overdueQuery).data;
  const of = (answer: typeof today, name: string) => {
    const field = answer && readAnswer(answer, lang).metrics.find((each) => each.column.name === name);
    return field ? numberAt(field, 0) : null;
  };
  const open = (name: string) => () => void navigate({ to: '/metrics/$name', params: { name } });
  const minutes = of(recent, 'order_handling_minutes');
  return (
    <>
      <h2 className="unseen">{t('figures')}</h2>
      <Cells least={160}>
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
        <Kpi
          title={t('figure.overdue')}
          value={overdue?.total ?? null}
          words={{ format: 'integer', unit: t('unit') }}
          note={t('figure.overdueNote')}
          onOpen={onOverdue}
        />
      </Cells>
    </>
  );
}
