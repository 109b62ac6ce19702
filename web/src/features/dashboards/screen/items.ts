/** What is going on: alerts that last and orders that are open, as pins and lines of one list. Pure. */
import type { Bilingual } from '../../../i18n/texts';
import type { Episode, Order } from './queries';

export const SEVERITIES = ['critical', 'warning', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

export interface Item {
  key: string;
  kind: 'alert' | 'order';
  severity: Severity;
  title: Bilingual;
  /** Dimension values that say where. */
  place: Readonly<Record<string, unknown>>;
  at: string;
  /** Exactly where, where that is known. */
  point?: [longitude: number, latitude: number];
  /** Whether it is over: listed, but no pin any more. */
  isOver: boolean;
  isOverdue: boolean;
  /** What a person would look up: the alert's name or the order's number. */
  name: string;
  value?: number;
}

const PRIORITY: Record<Order['priority'], Severity> = {
  urgent: 'critical',
  high: 'warning',
  normal: 'info',
  low: 'info',
};

export function itemsOf(
  orders: readonly Order[],
  episodes: readonly Episode[],
  titles: ReadonlyMap<string, Bilingual>,
): Item[] {
  const handled = new Set(orders.filter(isOpen).map((order) => sameThing(order.alert, order.place)));
  const alerts = episodes
    .filter((each) => each.resolved_at !== null || !handled.has(sameThing(each.alert, each.place)))
    .map(
      (each): Item => ({
        key: `alert:${each.id}`,
        kind: 'alert',
        severity: SEVERITIES.find((severity) => severity === each.severity) ?? 'info',
        title: titles.get(each.alert) ?? { zh: each.alert, en: each.alert },
        place: each.place,
        at: each.resolved_at ?? each.fired_at,
        isOver: each.resolved_at !== null,
        isOverdue: false,
        name: each.alert,
        value: each.value,
      }),
    );
  return [...alerts, ...orders.map(orderItem)].sort((a, b) => b.at.localeCompare(a.at));
}

function orderItem(order: Order): Item {
  const { longitude, latitude } = order.location;
  const hasPoint = typeof longitude === 'number' && typeof latitude === 'number';
  return {
    key: `order:${order.id}`,
    kind: 'order',
    severity: PRIORITY[order.priority],
    title: order.title,
    place: order.place,
    at: order.finished_at ?? order.updated_at,
    isOver: !isOpen(order),
    isOverdue: order.is_overdue,
    name: order.number,
    ...(hasPoint ? { point: [longitude, latitude] } : {}),
  };
}

function isOpen({ status }: Order): boolean {
  return status === 'open' || status === 'accepted';
}

/** An alert whose order is open shows once: as the order. */
function sameThing(alert: string | null, place: Readonly<Record<string, unknown>>): string {
  return JSON.stringify([alert, Object.entries(place).sort(([a], [b]) => a.localeCompare(b))]);
}

export interface Pin {
  key: string;
  point: [longitude: number, latitude: number];
  items: Item[];
  severity: Severity;
}

/** One pin for each place: what is open there, the most serious first. */
export function pinsOf(items: readonly Item[], centreOf: (item: Item) => [number, number] | undefined): Pin[] {
  const places = new Map<string, Pin>();
  for (const item of items) {
    const point = item.point ?? centreOf(item);
    if (item.isOver || !point) continue;
    const key = point.map((each) => each.toFixed(4)).join();
    const pin = places.get(key) ?? { key, point, items: [], severity: 'info' };
    pin.items.push(item);
    places.set(key, pin);
  }
  return [...places.values()].map(ordered).sort(byRank);
}

/** Pins that would lie on each other as one, at the place of the first. */
export function joined([first, ...others]: readonly Pin[]): Pin {
  if (!first) throw new RangeError('no pin to join');
  return ordered({ ...first, items: [...first.items, ...others.flatMap(({ items }) => items)] });
}

/** The most serious first, and among those the newest. */
function ordered(pin: Pin): Pin {
  const items = pin.items.toSorted((a, b) => rank(a) - rank(b) || b.at.localeCompare(a.at));
  return { ...pin, items, severity: items[0]?.severity ?? 'info' };
}

function byRank(a: Pin, b: Pin): number {
  return rank(a) - rank(b);
}

function rank({ severity }: { severity: Severity }): number {
  return SEVERITIES.indexOf(severity);
}
