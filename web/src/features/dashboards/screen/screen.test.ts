import { expect, it } from 'vitest';
import { apart } from '../../../map/pins';
import { itemsOf, joined, pinsOf } from './items';
import type { Episode, Order } from './queries';
import { scaled, scaleOf } from './scale';
import { stateOf } from './states';

const title = { zh: '拥堵', en: 'Congested' };

const order: Order = {
  id: '1', number: 'WO-1', case_id: 'c', source: 'alert', alert: 'slow', place: { district: '临湖区' }, title,
  description: '', department: 'transport', priority: 'urgent', location: { text: null, longitude: null, latitude: null },
  status: 'open', repeats: 0, opened_by: 'x', opened_at: '2026-09-30T10:00:00Z', accepted_at: null, finished_at: null,
  due_at: null, result: null, updated_at: '2026-09-30T10:00:00Z', is_overdue: false, can: [], episode: null, stage: 'open', waiting: [],
}; // biome-ignore format: one record
const episode: Episode = {
  id: 'e', alert: 'slow', place: { district: '临湖区' }, severity: 'warning', fired_at: '2026-09-30T09:00:00Z', value: 1,
  worst: 1, told_at: null, resolved_at: null, reason: null, acknowledged_by: null, acknowledged_at: null,
}; // biome-ignore format: one record

it('shows an alert once while its order is open', () => {
  expect(itemsOf([order], [episode], new Map()).map(({ key }) => key)).toEqual(['order:1']);
  const done: Order = { ...order, status: 'finished' };
  expect(itemsOf([done], [episode], new Map()).map(({ key }) => key)).toEqual(['order:1', 'alert:e']);
});

it('gathers what is open at one place into one pin, the most serious first', () => {
  const other: Episode = { ...episode, id: 'f', alert: 'smog' };
  const items = itemsOf([order], [other], new Map());
  const [pin, ...more] = pinsOf(items, () => [114, 29]);
  expect([pin?.severity, pin?.items.map(({ name }) => name), more]).toEqual(['critical', ['WO-1', 'smog'], []]);
  expect(pinsOf(items, () => undefined)).toEqual([]);
});

it('makes one pin of those that would lie on each other', () => {
  const far: Order = { ...order, id: '2', place: { district: '河东区' } };
  const near: Order = { ...order, id: '3', priority: 'low', place: { district: '山前区' } };
  const at: Record<string, [number, number]> = { 临湖区: [10, 10], 河东区: [200, 10], 山前区: [50, 20] };
  const pins = pinsOf(itemsOf([near, order, far], [], new Map()), ({ place }) => at[String(place.district)]);
  const groups = apart(pins, ([x, y]) => ({ x, y }), { width: 72, height: 28 });
  expect(
    groups.map(joined).map(({ severity, point, items }) => [severity, point, items.map(({ key }) => key)]),
  ).toEqual([
    ['critical', [10, 10], ['order:1', 'order:3']],
    ['critical', [200, 10], ['order:2']],
  ]);
  expect(apart(pins, ([x, y]) => ({ x: x * 10, y }), { width: 72, height: 28 })).toHaveLength(3);
});

it('says the state whose bound is the highest that was reached', () => {
  const states = [
    { from: null, title, tone: 'good' as const },
    { from: 0.2, title, tone: 'bad' as const },
  ];
  expect([-1, 0.19, 0.2, null].map((value) => stateOf(states, value)?.tone)).toEqual([
    'good',
    'good',
    'bad',
    undefined,
  ]);
});

it('grows lengths but no values', () => {
  const grown = scaled(
    { grid: { left: 4 }, xAxis: { type: 'category', data: ['a'] }, series: [{ type: 'bar', data: [3] }] },
    2,
  );
  expect(grown).toMatchObject({ grid: { left: 8 }, xAxis: { axisLabel: { fontSize: 24 } }, series: [{ data: [3] }] });
  expect([scaleOf(1440, 900), scaleOf(3840, 2160), scaleOf(1366, 768), scaleOf(390, 844)]).toEqual([1, 2.4, 0.92, 1]);
});
