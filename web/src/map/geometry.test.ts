import { expect, it } from 'vitest';
import { centreOf, contains, drawable } from './geometry';

it('keeps what is GeoJSON and leaves out what is not', () => {
  const ring = [
    [114.3, 29.3],
    [114.5, 29.3],
    [114.5, 29.5],
    [114.3, 29.3],
  ];
  const found = drawable([
    { properties: { key: 'a' }, geometry: { type: 'Polygon', coordinates: [ring] } },
    { properties: { key: 'b' }, geometry: { type: 'Point', coordinates: [114.4, 29.4] } },
    { properties: { key: 'c' }, geometry: { type: 'Point', coordinates: ['114', 29] } },
    { properties: { key: 'd' }, geometry: { type: 'Sphere', coordinates: [] } },
  ]);
  expect(found.features.map(({ properties }) => properties?.key)).toEqual(['a', 'b']);
  expect(found.features.map(centreOf)).toEqual([
    [114.4, 29.4],
    [114.4, 29.4],
  ]);
});

it('tells whether a point lies in an area, in a hole, or outside', () => {
  const square = (from: number, to: number) => [
    [from, from],
    [to, from],
    [to, to],
    [from, to],
    [from, from],
  ];
  const area = {
    type: 'Feature' as const,
    properties: {},
    geometry: { type: 'MultiPolygon' as const, coordinates: [[square(0, 10), square(4, 6)], [square(20, 30)]] },
  };
  const points = [
    [1, 1],
    [5, 5],
    [25, 22],
    [15, 5],
  ];
  expect(points.map((point) => contains(area, point))).toEqual([true, false, true, false]);
});
