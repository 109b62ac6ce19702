/** Small pieces that every view of an order shares: priority, stage, clock, place. */
import { ClockCircleOutlined, EnvironmentOutlined, FireOutlined, RedoOutlined } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import { useDepartment } from '../../api/departments';
import { usePlaceValue } from '../../query/usePlace';
import { StatusTag, type Tone } from '../../ui/StatusTag';
import { useFormat } from '../../ui/useFormat';
import { Words } from '../../ui/Words';
import { clockOf } from './clock';
import css from './orders.module.css';
import type { Order } from './queries';
import { Sign } from './Sign';

const PRIORITY: Record<Order['priority'], Tone> = { urgent: 'bad', high: 'warning', normal: 'neutral', low: 'neutral' };
const STAGE: Record<Order['stage'], Tone> = {
  open: 'warning',
  accepted: 'info',
  review: 'info',
  finished: 'good',
  cancelled: 'neutral',
};

export function Priority({ order }: { order: Order }) {
  const { t } = useTranslation('workorders');
  return (
    <StatusTag tone={PRIORITY[order.priority]}>
      {order.priority === 'urgent' && <FireOutlined aria-hidden="true" />}
      {t(`priority.${order.priority}`)}
    </StatusTag>
  );
}

export function Stage({ order }: { order: Order }) {
  const { t } = useTranslation('workorders');
  return (
    <StatusTag tone={STAGE[order.stage]}>
      <Sign of={order.stage} bare />
      {t(`stage.${order.stage}`)}
    </StatusTag>
  );
}

/** Bar of the time used, and the time left in words. */
export function ClockBar({ order }: { order: Order }) {
  const words = useClockWords();
  const { now, fullMoment } = useFormat();
  const { share, tone, kind } = clockOf(order, now());
  const isOver = kind === 'took' || kind === 'tookLate';
  return (
    <span className={`${css.clock} ${css[tone]}`} title={fullMoment(order.due_at)}>
      {share !== null && !isOver && (
        <span className={css.track} aria-hidden="true">
          <span className={css.used} style={{ width: `${Math.round(share * 100)}%` }} />
        </span>
      )}
      <span className={css.left}>
        <ClockCircleOutlined aria-hidden="true" /> {words(order)}
      </span>
    </span>
  );
}

export function useClockWords(): (order: Order) => string {
  const { t } = useTranslation('workorders');
  const { now, duration } = useFormat();
  return (order) => {
    const { kind, seconds } = clockOf(order, now());
    return t(`clock.${kind}`, { time: duration(seconds < 60 ? seconds : Math.round(seconds / 60) * 60) });
  };
}

/** Where: the written place, else the alert's. */
export function usePlaceWords(): (order: Order) => string {
  const value = usePlaceValue();
  return (order) =>
    order.location.text ??
    Object.entries(order.place)
      .filter(([name], _i, all) => name !== 'department' || all.length === 1)
      .map(([name, each]) => value(name, each))
      .join(' · ');
}

export function Place({ order }: { order: Order }) {
  const place = usePlaceWords()(order);
  return place ? (
    <span className={css.chip}>
      <EnvironmentOutlined aria-hidden="true" /> <Words of={place} />
    </span>
  ) : null;
}

export function Repeats({ order }: { order: Order }) {
  const { t } = useTranslation('workorders');
  return order.repeats > 0 ? (
    <span className={css.chip} title={t('repeatsWords', { count: order.repeats })}>
      <RedoOutlined aria-hidden="true" /> ×{order.repeats + 1}
    </span>
  ) : null;
}

/** Who holds the order now, by the letter of their name, and the name for all to read. */
export function Holder({ order }: { order: Order }) {
  const department = useDepartment();
  const step = order.waiting.find((each) => each.assignee_name) ?? order.waiting[0];
  const owner = department(step?.department ?? order.department);
  return (
    <span className={css.holder}>
      <span className={css.owner}>
        <Words of={owner} />
      </span>
      {step?.assignee_name && (
        <span className={css.avatar} title={step.assignee_name} role="img" aria-label={step.assignee_name}>
          <Words of={step.assignee_name.split(' ').at(-1)?.slice(0, 1) ?? ''} />
        </span>
      )}
    </span>
  );
}
