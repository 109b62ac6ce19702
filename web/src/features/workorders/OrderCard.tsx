/** One order on the board: dragged by the pointer, moved by its menu with the keyboard. */
import { useDraggable } from '@dnd-kit/core';
import { useTranslation } from 'react-i18next';
import { useSay } from '../../i18n/texts';
import { Words } from '../../ui/Words';
import { Tick } from './Bulk';
import css from './orders.module.css';
import { ClockBar, Holder, Place, Priority, Repeats } from './Parts';
import type { Order } from './queries';
import type { Chosen } from './useChosen';
import { OrderMenu } from './Verbs';

interface OrderCardProps {
  order: Order;
  canDrag: boolean;
  onOpen: () => void;
  chosen?: Chosen;
}

export function OrderCard({ order, canDrag, onOpen, chosen }: OrderCardProps) {
  const { t } = useTranslation('workorders');
  const say = useSay();
  const moves = canDrag && (order.can.includes('accept') || order.can.includes('finish'));
  const { setNodeRef, listeners, transform, isDragging } = useDraggable({ id: order.number, disabled: !moves });
  const step = order.waiting[0];
  return (
    <li
      ref={setNodeRef}
      {...listeners}
      aria-label={t('card', { number: order.number, title: say(order.title) })}
      className={`${css.card} ${css[order.priority]} ${moves ? css.grab : ''} ${isDragging ? css.lifted : ''} ${chosen?.has(order.number) ? css.chosen : ''}`}
      style={transform ? { transform: `translate(${transform.x}px, ${transform.y}px)` } : undefined}
    >
      <div className={css.cardHead}>
        <span className={css.cardStart}>
          {chosen && <Tick number={order.number} chosen={chosen} />}
          <span className={css.number}>{order.number}</span>
        </span>
        <span className={css.cardEnd}>
          <Priority order={order} />
          <OrderMenu order={order} />
        </span>
      </div>
      <button type="button" className={css.title} onClick={onOpen} dir="auto">
        <Words of={say(order.title, order.number)} />
      </button>
      <div className={css.chips}>
        <Place order={order} />
        {step && order.stage !== 'open' && <span className={css.chip}>{say(step.title, step.step)}</span>}
        <Repeats order={order} />
      </div>
      <ClockBar order={order} />
      <div className={css.cardFoot}>
        <span className={css.from}>{order.source === 'alert' ? t('source.alert') : t('source.manual')}</span>
        <Holder order={order} />
      </div>
    </li>
  );
}
