import { validateStyleMin } from '@maplibre/maplibre-gl-style-spec';
import type { FeatureCollection } from 'geojson';
import { expect, it } from 'vitest';
import { TOKENS, TRAFFIC } from '../theme/tokens';
import { boundsOf, type MapLayer, scaleColour, styleOf } from './style';

const data: FeatureCollection = {
  type: 'FeatureCollection',
  features: [
    {
      type: 'Feature',
      properties: { name: '云中区', n: 3 },
      geometry: {
        type: 'Polygon',
        coordinates: [
          [
            [114.3, 29.3],
            [114.4, 29.3],
            [114.4, 29.4],
            [114.3, 29.3],
          ],
        ],
      },
    },
    { type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates: [114.6, 29.2] } },
  ],
};

const layers: MapLayer[] = [
  {
    id: 'districts',
    kind: 'area',
    data,
    colour: scaleColour('n', [1, 2, 3, 4, 9], TOKENS.light),
    border: TOKENS.light.landLine,
    label: 'name',
  },
  {
    id: 'roads',
    kind: 'line',
    data,
    colour: {
      by: 'state',
      words: { free: TRAFFIC.free.colour, slow: TRAFFIC.slow.colour },
      missing: TOKENS.light.roadLine,
    },
    size: { by: 'state', words: { free: 2, slow: 3 }, missing: 1 },
    label: 'name',
  },
  { id: 'events', kind: 'point', data, colour: TOKENS.light.error, ring: true },
  { id: 'heat', kind: 'heat', data, colour: TOKENS.light.error },
];

it('makes a style that MapLibre accepts and that asks nobody for anything', () => {
  const style = styleOf(layers, TOKENS.light);
  expect(validateStyleMin(style).map((each) => each.message)).toEqual([]);
  expect(style).not.toHaveProperty('glyphs');
  expect(style).not.toHaveProperty('sprite');
  expect(JSON.stringify(style)).not.toContain('http');
});

it('puts labels above all shapes', () => {
  const kinds = styleOf(layers, TOKENS.light).layers.map((layer) => layer.type);
  expect(kinds.slice(-2)).toEqual(['symbol', 'symbol']);
});

it('survives values that are all equal, or none', () => {
  for (const values of [[5, 5, 5], []]) {
    const layer: MapLayer = { id: 'a', kind: 'area', data, colour: scaleColour('n', values, TOKENS.dark) };
    expect(validateStyleMin(styleOf([layer], TOKENS.dark)).map((each) => each.message)).toEqual([]);
  }
});

it('finds the bounds of what is drawn', () => {
  expect([boundsOf(layers), boundsOf([])]).toEqual([[114.3, 29.2, 114.6, 29.4], undefined]);
});

it('gives room to the names of places before those of lines', () => {
  const [districts, roads] = layers;
  const ids = styleOf(
    [districts, roads].filter((each) => each !== undefined),
    TOKENS.light,
  ).layers.map(({ id }) => id);
  expect(ids.slice(-2)).toEqual(['roads-label', 'districts-label']);
});
