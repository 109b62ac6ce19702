/** The list: sorted, paged, saved as CSV. */
import { useQuery } from '@tanstack/react-query';
import { Pagination, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { useDepartment } from '../../api/departments';
import { useSay } from '../../i18n/texts';
import { useView } from '../../routing/search';
import { Card } from '../../ui/Card';
import { type Column, DataTable } from '../../ui/DataTable';
import { Empty, StateView } from '../../ui/StateView';
import { useFormat } from '../../ui/useFormat';
import { useNarrow } from '../../ui/useNarrow';
import { Words } from '../../ui/Words';
import { Bulk, Tick, TickAll } from './Bulk';
import bulk from './bulk.module.css';
import css from './orders.module.css';
import { ClockBar, Holder, Priority, Stage, usePlaceWords } from './Parts';
import { listQuery, type Order, PAGE_SIZE } from './queries';
import { LIST_PX } from './sizes';
import { isChoosable, useChosen } from './useChosen';
import { filtersOf, STATUSES, workordersView } from './views';

export function OrdersList({ onOpen, mayAct }: { onOpen: (order: Order) => void; mayAct: boolean }) {
  const { t } = useTranslation('workorders');
  const [view, change] = useView(workordersView);
  const query = useQuery(listQuery(filtersOf(view), view.status, view.page));
  const say = useSay();
  const columns = useColumns();
  const shown = query.data?.orders ?? [];
  const chosen = useChosen(shown);
  const tick: Column<Order> = {
    key: 'tick',
    title: t('bulk.all'),
    head: <TickAll orders={shown.filter(isChoosable)} chosen={chosen} />,
    width: 44,
    render: (each) => isChoosable(each) && <Tick number={each.number} chosen={chosen} />,
  };
  return (
    <>
      <Card flush>
        <StateView query={query} height={LIST_PX}>
          {({ orders, total }) => (
            <>
              <DataTable
                label={t('title')}
                columns={mayAct ? [tick, ...columns] : columns}
                rows={orders}
                keyOf={(each) => each.number}
                nameOf={(each) => `${each.number} ${say(each.title)}`}
                onOpen={onOpen}
                openKey={view.order}
                csv={t('title')}
                caption={
                  <span className={css.actions}>
                    <Select
                      size="small"
                      aria-label={t('column.stage')}
                      placeholder={t('column.stage')}
                      allowClear
                      value={view.status || undefined}
                      onChange={(status) => change({ status: status ?? '', page: 1 })}
                      options={STATUSES.map((value) => ({ value, label: t(`stage.${value}`) }))}
                      style={{ minWidth: 110 }}
                    />
                    <span aria-live="polite">{t('count', { count: total })}</span>
                  </span>
                }
                empty={<Empty title={t('unmet')} height={200} />}
              />
              {total > PAGE_SIZE && (
                <div className={bulk.pages}>
                  <Pagination
                    current={view.page}
                    total={total}
                    pageSize={PAGE_SIZE}
                    showSizeChanger={false}
                    onChange={(page) => change({ page }, 'push')}
                  />
                </div>
              )}
            </>
          )}
        </StateView>
      </Card>
      <Bulk chosen={chosen} />
    </>
  );
}

function useColumns(): Column<Order>[] {
  const { t } = useTranslation('workorders');
  const say = useSay();
  const department = useDepartment();
  const place = usePlaceWords();
  const narrow = useNarrow();
  const { moment } = useFormat();
  const title: Column<Order> = {
    key: 'title',
    title: t('column.title'),
    width: narrow ? 200 : 270,
    value: (each) => say(each.title, each.number),
    render: (each) => (
      <span className={css.part} style={{ gap: 0, whiteSpace: 'normal' }} dir="auto">
        <span>
          <Words of={say(each.title, each.number)} />
        </span>
        {narrow && <span className={css.number}>{each.number}</span>}
      </span>
    ),
  };
  const left: Column<Order> = {
    key: 'due',
    title: t('column.clock'),
    width: 150,
    value: (each) => each.due_at,
    render: (each) => <ClockBar order={each} />,
  };
  if (narrow) return [title, left];
  return [
    {
      key: 'number',
      title: t('column.number'),
      width: 140,
      value: (each) => each.number,
      render: (each) => <code>{each.number}</code>,
    },
    title,
    {
      key: 'stage',
      title: t('column.stage'),
      width: 100,
      value: (each) => t(`stage.${each.stage}`),
      render: (each) => <Stage order={each} />,
    },
    left,
    {
      key: 'priority',
      title: t('column.priority'),
      width: 90,
      value: (each) => t(`priority.${each.priority}`),
      render: (each) => <Priority order={each} />,
    },
    { key: 'place', title: t('where'), width: 130, value: place },
    {
      key: 'department',
      title: t('column.department'),
      width: 150,
      value: (each) => department(each.department),
      render: (each) => <Holder order={each} />,
    },
    {
      key: 'opened',
      title: t('openedAt'),
      width: 110,
      value: (each) => each.opened_at,
      render: (each) => moment(each.opened_at),
    },
  ];
}
