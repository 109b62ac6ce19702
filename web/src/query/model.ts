/** The one query object of the metrics: read from JSON of the server or the URL without trusting it. */
import type { Schema } from '../api/client';

export type Query = Schema<'Query'>;
export type Filter = Schema<'Filter'>;
export type Range = Schema<'Range'>;
export type Order = Schema<'Order'>;
export type Operator = Filter['op'];
export type Grain = NonNullable<Query['grain']>;
export type Value = Filter['values'][number];

export const GRAINS = ['hour', 'day', 'week', 'month', 'quarter', 'year'] as const;
export const OPERATORS = [
  'in',
  'not in',
  '=',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  'between',
  'is null',
  'is not null',
] as const;

export const NO_QUERY: Query = { metrics: [], by: [], filters: [], order: [], totals: false };

/** The query that JSON means, with everything left out set to its default. */
export function queryOf(raw: unknown): Query {
  if (!isRecord(raw)) return NO_QUERY;
  const range = raw.range;
  return {
    metrics: words(raw.metrics),
    by: words(raw.by),
    filters: Array.isArray(raw.filters) ? raw.filters.map(filterOf).filter((each) => each !== undefined) : [],
    order: Array.isArray(raw.order) ? raw.order.map(orderOf).filter((each) => each !== undefined) : [],
    grain: grainOf(raw.grain),
    range: isRecord(range) ? cleanRange(range) : null,
    limit: typeof raw.limit === 'number' ? raw.limit : null,
    totals: raw.totals === true,
  };
}

export function isFilters(raw: unknown): raw is readonly Filter[] {
  return (
    Array.isArray(raw) &&
    raw.every((each) => isRecord(each) && filterOf(each) !== undefined && 'op' in each && 'values' in each)
  );
}

/** Whether a filter says enough to be sent; one that is still being written does not. */
export function isComplete({ op, values }: Filter): boolean {
  if (op.startsWith('is')) return true;
  return values.length >= (op === 'between' ? 2 : 1);
}

/** Changes one filter: of each dimension and operator there is at most one. */
export function withFilter(filters: readonly Filter[], wanted: Filter): Filter[] {
  const others = filters.filter((each) => each.dimension !== wanted.dimension);
  return wanted.values.length > 0 || wanted.op.startsWith('is') ? [...others, wanted] : others;
}

/** `7d` · `this-month` · `previous-week` · `2026-09-01..2026-09-08` (the end is not included) ↔ a range. */
export function rangeOf(text: string): Range | null {
  if (/^[1-9]\d{0,4}[hdwmqy]$/.test(text)) return { last: text };
  const [way = '', period] = text.split('-');
  const grain = grainOf(period);
  if (grain && way === 'this') return { this: grain };
  if (grain && way === 'previous') return { previous: grain };
  const [from = '', to = ''] = text.includes('..') ? text.split('..') : [];
  const [start, end] = [isMoment(from) ? from : null, isMoment(to) ? to : null];
  return start || end ? { ...(start ? { from: start } : {}), ...(end ? { to: end } : {}) } : null;
}

export function rangeText(range: Range | null | undefined): string {
  if (!range) return '';
  if (range.last) return range.last;
  if (range.this) return `this-${range.this}`;
  if (range.previous) return `previous-${range.previous}`;
  return range.from || range.to ? `${range.from ?? ''}..${range.to ?? ''}` : '';
}

/** The day `days` after `day` (2026-09-30 → 2026-10-01). */
export function dayAfter(day: string, days = 1): string {
  const at = new Date(`${day.slice(0, 10)}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() + days);
  return at.toISOString().slice(0, 10);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function cleanRange(raw: Record<string, unknown>): Range | null {
  const text = (key: string) => (typeof raw[key] === 'string' ? raw[key] : null);
  const [last, from, to] = [text('last'), text('from'), text('to')];
  if (last) return { last };
  const [now, before] = [grainOf(raw.this), grainOf(raw.previous)];
  if (now) return { this: now };
  if (before) return { previous: before };
  return from || to ? { ...(from ? { from } : {}), ...(to ? { to } : {}) } : null;
}

function filterOf(raw: unknown): Filter | undefined {
  if (!isRecord(raw) || typeof raw.dimension !== 'string') return undefined;
  const op = OPERATORS.find((each) => each === (raw.op ?? '='));
  const values = Array.isArray(raw.values) ? raw.values.filter(isValue) : [];
  return op ? { dimension: raw.dimension, op, values } : undefined;
}

function orderOf(raw: unknown): Order | undefined {
  if (!isRecord(raw) || typeof raw.by !== 'string') return undefined;
  return { by: raw.by, descending: raw.descending === true };
}

export function isValue(raw: unknown): raw is Value {
  return typeof raw === 'string' || typeof raw === 'number' || typeof raw === 'boolean';
}

function grainOf(raw: unknown): Grain | null {
  return GRAINS.find((each) => each === raw) ?? null;
}

function words(raw: unknown): string[] {
  return Array.isArray(raw) ? raw.filter((each) => typeof each === 'string') : [];
}

function isMoment(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?([+-]\d{2}:\d{2}|Z)?)?$/.test(text);
}
