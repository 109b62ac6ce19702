import type { FeatureCollection } from 'geojson';
import { expect, it } from 'vitest';
import type { CityMap } from '../../map/queries';
import { byArea, countsOf, placed } from './places';
import type { Order } from './queries';

const title = { zh: '坑洞', en: 'Pothole' };
const order: Order = {
  id: '1', number: 'WO-1', case_id: 'c', source: 'alert', alert: 'slow', place: {}, title, description: '', department: 'transport',
  priority: 'normal', location: { text: null, longitude: null, latitude: null }, status: 'open', repeats: 0, opened_by: 'x',
  opened_at: '2026-09-30T10:00:00Z', accepted_at: null, finished_at: null, due_at: null, result: null,
  updated_at: '2026-09-30T10:00:00Z', is_overdue: false, can: [], episode: null, stage: 'open', waiting: [],
}; // biome-ignore format: one record
const map: CityMap = {
  name: 'districts', title, description: null, owner: 'x', version: 1, shape: 'area', dimension: 'district', dimension_title: title,
  features: 2, bounds: null, look: 'land', base: true, order: 1, file: 'x', coordinates: 'wgs84', key: 'name', label: title, problem: null,
}; // biome-ignore format: one record
const maps: CityMap[] = [map, { ...map, name: 'roads', shape: 'line', dimension: 'road', base: false }];

const square = (key: string, west: number): FeatureCollection['features'][number] => ({
  type: 'Feature',
  properties: { key },
  geometry: {
    type: 'Polygon',
    coordinates: [
      [
        [west, 0],
        [west + 10, 0],
        [west + 10, 10],
        [west, 10],
        [west, 0],
      ],
    ],
  },
});
const road = (key: string, from: number, to: number): FeatureCollection['features'][number] => ({
  type: 'Feature',
  properties: { key },
  geometry: {
    type: 'LineString',
    coordinates: [
      [from, 2],
      [to, 2],
    ],
  },
});
const shapes: FeatureCollection[] = [
  { type: 'FeatureCollection', features: [square('西区', 0), square('东区', 20)] },
  { type: 'FeatureCollection', features: [road('短路', 2, 4), road('长街', 0, 36)] },
];

it('places an order by its own point, else by its most exact place inside the district that it names', () => {
  const at = (place: Order['place'], longitude: number | null = null) =>
    placed([{ ...order, place, location: { text: null, longitude, latitude: longitude } }], maps, shapes).map(
      ({ point, area }) => [point, area],
    )[0];
  expect(at({ district: '西区' }, 25)).toEqual([[25, 25], '西区']);
  expect(at({}, 5)).toEqual([[5, 5], '西区']);
  expect(at({ district: '西区', road: '短路' })).toEqual([[3, 2], '西区']);
  // The middle of the long street lies in no district: the named district's middle says more.
  expect(at({ road: '长街', district: '东区' })).toEqual([[25, 5], '东区']);
  expect(at({ road: '短路' })).toEqual([[3, 2], '西区']);
  expect(at({ department: 'transport' })).toEqual([undefined, undefined]);
});

it('lists districts with most to do first, the worst order of each first, what has no district last', () => {
  const orders: Order[] = [
    { ...order, number: 'WO-1', place: { district: '东区' }, stage: 'finished', status: 'finished' },
    { ...order, number: 'WO-2', place: { district: '西区' } },
    { ...order, number: 'WO-3', place: { district: '西区' }, is_overdue: true, stage: 'review', status: 'accepted' },
    { ...order, number: 'WO-4' },
    { ...order, number: 'WO-5' },
    { ...order, number: 'WO-6' },
  ];
  const found = byArea(placed(orders, maps, shapes));
  expect(found.map(([area, all]) => [area, all.map((each) => each.order.number)])).toEqual([
    ['西区', ['WO-3', 'WO-2']],
    ['东区', ['WO-1']],
    ['', ['WO-4', 'WO-5', 'WO-6']],
  ]);
  expect(countsOf(found.flatMap(([, all]) => all))).toEqual([
    ['late', 1],
    ['open', 4],
    ['finished', 1],
  ]);
});
