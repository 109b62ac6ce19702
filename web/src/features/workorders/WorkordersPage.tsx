/** Work orders: the board, the list and the map of the same orders, by one set of filters. */
import { PlusOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, Checkbox, Segmented, Select } from 'antd';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { departmentsQuery } from '../../api/departments';
import { useMay, useSeesOrders } from '../../api/session';
import { useSay } from '../../i18n/texts';
import { useView } from '../../routing/search';
import { type Chip, FilterBar, SearchField } from '../../ui/FilterBar';
import { Page } from '../../ui/Page';
import { NoPermission, Skeleton, StateView } from '../../ui/StateView';
import { Board } from './Board';
import { Figures } from './Figures';
import { boardQuery } from './queries';
import { BOARD_PX, LIST_PX, MAP_PX } from './sizes';
import { filtersOf, isFiltered, NO_FILTERS, PRIORITIES, SHAPES, workordersView } from './views';

/** The board needs no map, charts, tables or forms: they come when asked for. */
const OrdersList = lazy(() => import('./OrdersList').then((found) => ({ default: found.OrdersList })));
const OrdersMap = lazy(() => import('./OrdersMap').then((found) => ({ default: found.OrdersMap })));
const OrderDrawer = lazy(() => import('./OrderDrawer').then((found) => ({ default: found.OrderDrawer })));
const NewOrder = lazy(() => import('./NewOrder').then((found) => ({ default: found.NewOrder })));
const HEIGHTS = { board: BOARD_PX, list: LIST_PX, map: MAP_PX };

export function WorkordersPage() {
  const { t } = useTranslation('workorders');
  if (useSeesOrders()) return <Orders />;
  return (
    <Page title={t('title')} subtitle={t('subtitle')}>
      <NoPermission height={360} permission="orders.view" />
    </Page>
  );
}

function Orders() {
  const { t } = useTranslation('workorders');
  const [view, change] = useView(workordersView);
  const may = useMay();
  const open = (order: { number: string }) => change({ order: order.number }, 'push');
  const mayAct = may('orders.handle') || may('orders.dispatch');
  // Kept once it was open, so that it slides out again.
  const [wasOpened, setOpened] = useState(false);
  if (view.order && !wasOpened) setOpened(true);
  return (
    <Page
      title={t('title')}
      subtitle={t('subtitle')}
      actions={
        <>
          <Segmented
            aria-label={t('shape.label')}
            value={view.view}
            onChange={(shape) => change({ view: shape }, 'push')}
            options={SHAPES.map((value) => ({ value, label: t(`shape.${value}`) }))}
          />
          {mayAct && (
            <Button
              type="primary"
              icon={<PlusOutlined aria-hidden="true" />}
              onClick={() => change({ create: true }, 'push')}
            >
              {t('new.open')}
            </Button>
          )}
        </>
      }
    >
      <Figures change={change} />
      <Filters />
      <Suspense fallback={<Skeleton height={HEIGHTS[view.view]} />}>
        {view.view === 'board' ? (
          <BoardView onOpen={open} mayAct={mayAct} />
        ) : view.view === 'list' ? (
          <OrdersList onOpen={open} mayAct={mayAct} />
        ) : (
          <OrdersMap onOpen={open} />
        )}
      </Suspense>
      <Suspense>
        {wasOpened && <OrderDrawer number={view.order} onClose={() => change({ order: '' })} />}
        {view.create && mayAct && (
          <NewOrder onClose={(number) => change({ create: false, ...(number ? { order: number } : {}) })} />
        )}
      </Suspense>
    </Page>
  );
}

interface ViewProps {
  onOpen: (order: { number: string }) => void;
  /** Whether the person moves orders at all. */
  mayAct: boolean;
}

function BoardView({ onOpen, mayAct }: ViewProps) {
  const [view] = useView(workordersView);
  const query = useQuery(boardQuery(filtersOf(view)));
  return (
    <StateView query={query} height={BOARD_PX}>
      {(board) => <Board board={board} onOpen={onOpen} mayAct={mayAct} />}
    </StateView>
  );
}

function Filters() {
  const { t } = useTranslation('workorders');
  const [view, change] = useView(workordersView);
  const { data: departments } = useQuery(departmentsQuery);
  const say = useSay();
  const chips: Chip[] = [
    ...(view.alert
      ? [{ key: 'alert', words: t('ofAlert', { alert: view.alert }), onRemove: () => change({ alert: '', page: 1 }) }]
      : []),
  ];
  return (
    <FilterBar chips={chips} onClear={isFiltered(view) ? () => change(NO_FILTERS) : undefined}>
      <SearchField value={view.q} onChange={(q) => change({ q, page: 1 })} label={t('search')} />
      <Select
        aria-label={t('column.department')}
        placeholder={t('column.department')}
        allowClear
        showSearch={{ optionFilterProp: 'label' }}
        value={view.department || undefined}
        onChange={(value) => change({ department: value ?? '', page: 1 })}
        options={(departments ?? []).map((each) => ({ value: each.name, label: say(each.title, each.name) }))}
        popupMatchSelectWidth={false}
        style={{ minWidth: 130 }}
      />
      <Select
        aria-label={t('column.priority')}
        placeholder={t('column.priority')}
        allowClear
        value={view.priority || undefined}
        onChange={(value) => change({ priority: value ?? '', page: 1 })}
        options={PRIORITIES.map((value) => ({ value, label: t(`priority.${value}`) }))}
        style={{ minWidth: 110 }}
      />
      <Checkbox checked={view.overdue} onChange={(event) => change({ overdue: event.target.checked, page: 1 })}>
        {t('onlyOverdue')}
      </Checkbox>
      <Checkbox checked={view.mine} onChange={(event) => change({ mine: event.target.checked, page: 1 })}>
        {t('onlyMine')}
      </Checkbox>
    </FilterBar>
  );
}
