import { expect, it } from 'vitest';
import { centreOf, drawable } from './geometry';

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
