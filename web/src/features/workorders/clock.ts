/** How an order's clock stands, and in which column it belongs. Pure. */
import type { Tone } from '../../ui/StatusTag';
import type { Order } from './queries';

export const COLUMNS = ['open', 'accepted', 'review', 'finished'] as const;
export type ColumnName = (typeof COLUMNS)[number];

/** From this share of its time on an order is nearly late; the server's clocks turn yellow there too. */
const NEARLY = 0.8;

export interface Clock {
  kind: 'left' | 'late' | 'took' | 'tookLate' | 'free' | 'over';
  /** Of the time allowed, 0–1; null without a deadline. */
  share: number | null;
  /** Left, too much, or taken. */
  seconds: number;
  tone: Tone;
}

export function clockOf(order: Pick<Order, 'status' | 'opened_at' | 'due_at' | 'finished_at'>, now: Date): Clock {
  const opened = Date.parse(order.opened_at);
  const due = order.due_at ? Date.parse(order.due_at) : null;
  if (order.status === 'cancelled') return { kind: 'over', share: null, seconds: 0, tone: 'neutral' };
  if (order.status === 'finished') {
    const end = Date.parse(order.finished_at ?? order.opened_at);
    const isLate = due !== null && end > due;
    return {
      kind: isLate ? 'tookLate' : 'took',
      share: due === null ? null : bounded((end - opened) / (due - opened)),
      seconds: (end - opened) / 1000,
      tone: isLate ? 'warning' : 'good',
    };
  }
  if (due === null) return { kind: 'free', share: null, seconds: (now.getTime() - opened) / 1000, tone: 'neutral' };
  const left = (due - now.getTime()) / 1000;
  const share = bounded((now.getTime() - opened) / (due - opened));
  if (left < 0) return { kind: 'late', share: 1, seconds: -left, tone: 'bad' };
  return { kind: 'left', share, seconds: left, tone: share >= NEARLY ? 'warning' : 'info' };
}

/** How an order stands at a glance: its stage, or that its time is up. */
export type Standing = Order['stage'] | 'late';

export function standingOf(order: Pick<Order, 'stage' | 'is_overdue'>): Standing {
  const isOver = order.stage === 'finished' || order.stage === 'cancelled';
  return order.is_overdue && !isOver ? 'late' : order.stage;
}

/** Orders by column, in the order given; cancelled ones have none. */
export function byColumn(orders: readonly Order[]): Record<ColumnName, Order[]> {
  const found: Record<ColumnName, Order[]> = { open: [], accepted: [], review: [], finished: [] };
  for (const order of orders) if (order.stage !== 'cancelled') found[order.stage].push(order);
  return found;
}

/** What a card dropped there means; undefined where the person may not do it. */
export function verbFor(
  order: { stage: Order['stage']; can: readonly Order['can'][number][] },
  column: ColumnName,
): 'accept' | 'finish' | undefined {
  if (order.stage === column || order.stage === 'cancelled') return undefined;
  if (order.stage === 'open' && column === 'accepted') return order.can.includes('accept') ? 'accept' : undefined;
  const isAhead = COLUMNS.indexOf(column) > COLUMNS.indexOf(order.stage);
  if ((column === 'review' || column === 'finished') && isAhead && order.can.includes('finish')) return 'finish';
  return undefined;
}

function bounded(share: number): number {
  return Number.isFinite(share) ? Math.min(1, Math.max(0, share)) : 1;
}
