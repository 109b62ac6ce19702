/** How the work stands: orders by status, and which departments have most of them open. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useDepartment } from '../../../api/departments';
import { useSeesOrders } from '../../../api/session';
import { Skeleton } from '../../../ui/StateView';
import type { Item } from './items';
import { Panel } from './Panel';
import panelCss from './panel.module.css';
import { boardQuery, type Count } from './queries';
import css from './screen.module.css';
import { useCounting } from './useCounting';

const MOST_DEPARTMENTS = 4;

export function Orders({ items }: { items: readonly Item[] | undefined }) {
  const { t } = useTranslation('cockpit');
  const isAllowed = useSeesOrders();
  const { data: board, isError } = useQuery({ ...boardQuery, enabled: isAllowed });
  const overdue = items?.filter(({ isOverdue, isOver }) => isOverdue && !isOver).length;
  const sum = (status: Count['status']) =>
    board?.filter((each) => each.status === status).reduce((all, each) => all + each.orders, 0);
  return (
    <Panel title={t('orders.title')} note={<Link to="/workorders">{t('orders.all')}</Link>}>
      {!isAllowed ? (
        <p className={css.nothing}>{t('orders.forbidden')}</p>
      ) : board ? (
        <>
          <dl className={panelCss.counts}>
            <Amount name={t('orders.open')} value={sum('open')} />
            <Amount name={t('orders.accepted')} value={sum('accepted')} />
            <Amount name={t('orders.overdue')} value={overdue} isBad={overdue !== undefined && overdue > 0} />
            <Amount name={t('orders.finished')} value={sum('finished')} />
          </dl>
          <Departments board={board} />
        </>
      ) : isError ? (
        <p className={css.nothing}>{t('unread')}</p>
      ) : (
        <Skeleton height={120} />
      )}
    </Panel>
  );
}

function Amount({ name, value, isBad = false }: { name: string; value: number | undefined; isBad?: boolean }) {
  const shown = useCounting(value ?? null);
  return (
    <div>
      <dt>{name}</dt>
      <dd data-bad={isBad}>{shown === null ? '–' : Math.round(shown)}</dd>
    </div>
  );
}

function Departments({ board }: { board: readonly Count[] }) {
  const { t } = useTranslation('cockpit');
  const department = useDepartment();
  const open = new Map<string, number>();
  for (const { department: name, status, orders } of board)
    if (status === 'open' || status === 'accepted') open.set(name, (open.get(name) ?? 0) + orders);
  const most = [...open].sort(([, a], [, b]) => b - a).slice(0, MOST_DEPARTMENTS);
  if (most.length === 0) return <p className={css.nothing}>{t('orders.none')}</p>;
  const highest = most[0]?.[1] ?? 1;
  return (
    <ol className={panelCss.ranks} aria-label={t('orders.byDepartment')}>
      {most.map(([name, orders]) => (
        <li key={name}>
          <span className={panelCss.rankName}>{department(name)}</span>
          <span className={panelCss.rankTrack} aria-hidden="true">
            <span style={{ width: `${(100 * orders) / highest}%`, background: 'var(--c-series-1)' }} />
          </span>
          <span className={panelCss.rankValue}>{orders}</span>
        </li>
      ))}
    </ol>
  );
}
