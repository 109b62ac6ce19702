/** The board: orders by where they stand; a card goes where the server lets the person move it. */
import {
  DndContext,
  type DragEndEvent,
  type DragStartEvent,
  PointerSensor,
  useDroppable,
  useSensor,
  useSensors,
} from '@dnd-kit/core';
import { Segmented } from 'antd';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useToast } from '../../ui/toast';
import { useNarrow } from '../../ui/useNarrow';
import { Bulk } from './Bulk';
import { byColumn, COLUMNS, type ColumnName, verbFor } from './clock';
import { OrderCard } from './OrderCard';
import css from './orders.module.css';
import type { Order, Board as Orders } from './queries';
import { Sign } from './Sign';
import { type Chosen, isChoosable, useChosen } from './useChosen';
import { useMove } from './useMove';

const VerbDialog = lazy(() => import('./VerbDialog').then((found) => ({ default: found.VerbDialog })));

/** A press that moves less is a click, px. */
const DRAG_PX = 6;

interface BoardProps {
  board: Orders;
  onOpen: (order: Order) => void;
  mayAct: boolean;
}

export function Board({ board, onOpen, mayAct }: BoardProps) {
  const { t } = useTranslation('workorders');
  const narrow = useNarrow();
  const toast = useToast();
  const move = useMove();
  const [dragged, setDragged] = useState<Order>();
  const [finishing, setFinishing] = useState<Order>();
  const [column, setColumn] = useState<ColumnName>('open');
  const sensors = useSensors(useSensor(PointerSensor, { activationConstraint: { distance: DRAG_PX } }));
  const all = [...board.open.orders, ...board.finished.orders];
  const columns = byColumn(all);
  const chosen = useChosen(all);
  const counts: Record<ColumnName, number> = {
    open: columns.open.length,
    accepted: columns.accepted.length,
    review: columns.review.length,
    finished: Math.max(columns.finished.length, board.finished.total),
  };
  const drop = ({ over }: DragEndEvent) => {
    const target = COLUMNS.find((each) => each === over?.id);
    setDragged(undefined);
    if (!dragged || !target || target === dragged.stage) return;
    const verb = verbFor(dragged, target);
    if (verb === 'accept') move.mutate({ order: dragged, move: { verb }, to: 'accepted' });
    else if (verb === 'finish') setFinishing(dragged);
    else toast(t('cannotDrop', { number: dragged.number, column: t(`stage.${target}`) }), 'bad');
  };
  return (
    <DndContext
      sensors={sensors}
      onDragStart={({ active }: DragStartEvent) => setDragged(all.find((each) => each.number === active.id))}
      onDragEnd={drop}
      onDragCancel={() => setDragged(undefined)}
      accessibility={{ announcements: SILENT, screenReaderInstructions: { draggable: '' } }}
    >
      {narrow && (
        <Segmented
          block
          aria-label={t('column.stage')}
          value={column}
          onChange={setColumn}
          options={COLUMNS.map((value) => ({ value, label: `${t(`stage.${value}`)} ${counts[value]}` }))}
        />
      )}
      <div className={css.board}>
        {COLUMNS.filter((each) => !narrow || each === column).map((name) => (
          <Column
            key={name}
            name={name}
            count={counts[name]}
            orders={columns[name]}
            takes={dragged !== undefined && verbFor(dragged, name) !== undefined}
            canDrag={!narrow}
            onOpen={onOpen}
            {...(mayAct ? { chosen } : {})}
          />
        ))}
      </div>
      <Bulk chosen={chosen} />
      {finishing && (
        <Suspense>
          <VerbDialog order={finishing} verb="finish" onClose={() => setFinishing(undefined)} />
        </Suspense>
      )}
    </DndContext>
  );
}

/** The menu is the keyboard's way; toasts say what happened. */
const SILENT = {
  onDragStart: () => undefined,
  onDragOver: () => undefined,
  onDragEnd: () => undefined,
  onDragCancel: () => undefined,
};

interface ColumnProps {
  name: ColumnName;
  count: number;
  orders: Order[];
  takes: boolean;
  canDrag: boolean;
  /** Left out where the person only looks. */
  chosen?: Chosen;
  onOpen: (order: Order) => void;
}

function Column({ name, count, orders, takes, canDrag, onOpen, chosen }: ColumnProps) {
  const { t } = useTranslation('workorders');
  const { setNodeRef, isOver } = useDroppable({ id: name });
  const title = t(`stage.${name}`);
  return (
    <section
      ref={setNodeRef}
      aria-label={title}
      className={`${css.column} ${takes ? css.takes : ''} ${takes && isOver ? css.over : ''}`}
    >
      <h2 className={css.columnHead}>
        <Sign of={name} />
        {title}
        <span className={`${css.count} number`}>{count}</span>
      </h2>
      {orders.length === 0 ? (
        <p className={css.none}>{t(`none.${name}`)}</p>
      ) : (
        <ul className={css.cards}>
          {orders.map((order) => (
            <OrderCard
              key={order.id}
              order={order}
              canDrag={canDrag}
              onOpen={() => onOpen(order)}
              {...(chosen && isChoosable(order) ? { chosen } : {})}
            />
          ))}
        </ul>
      )}
    </section>
  );
}
