import type { Feature } from 'geojson';
import { describe, expect, it } from 'vitest';
import { alongLine, colourOf, fitted, pathOf, pointsOf, sizeOf, withRoom } from './plane';

const ROOM = { width: 220, height: 120, margin: { top: 10, right: 10, bottom: 10, left: 10 } };
const flat = fitted([0, -1, 4, 1], ROOM);
const feature = (geometry: Feature['geometry']): Feature => ({ type: 'Feature', properties: {}, geometry });

describe('the plane', () => {
  it('fits bounds into the room, north above', () => {
    expect(flat([0, 1])).toEqual([10, 10]);
    expect(flat([4, -1])).toEqual([210, 110]);
  });

  it('keeps the proportions of the ground at its latitude', () => {
    const north = fitted([0, 59, 4, 61], ROOM);
    const [left] = north([0, 60]);
    const [right] = north([4, 60]);
    expect(right - left).toBeCloseTo(100, 0);
  });

  it('draws areas closed, lines open, and points where they are', () => {
    const ring = [[0, 1], [4, 1], [4, -1], [0, 1]]; // biome-ignore format: one ring
    expect(pathOf(feature({ type: 'Polygon', coordinates: [ring] }), flat)).toBe(
      'M10.0 10.0L210.0 10.0L210.0 110.0L10.0 10.0Z',
    );
    expect(pathOf(feature({ type: 'LineString', coordinates: ring.slice(0, 2) }), flat)).toBe('M10.0 10.0L210.0 10.0');
    const point = feature({ type: 'Point', coordinates: [4, -1] });
    expect([pathOf(point, flat), pointsOf(point, flat)]).toEqual(['', [[210, 110]]]);
  });

  it('names lines along their middle, never upside down', () => {
    const west = feature({ type: 'LineString', coordinates: [[4, 0], [0, 0]] }); // biome-ignore format: one line
    expect(alongLine(west, flat)).toEqual({ at: [110, 60], turn: 0 });
  });

  it('leaves out names that would cover others or leave the map', () => {
    const name = (key: string, x: number) => ({ key, words: '临湖区', at: [x, 60] as const, turn: 0, size: 12 });
    const kept = withRoom([name('a', 60), name('b', 70), name('c', 110), name('d', 5)], ROOM);
    expect(kept.map(({ key }) => key)).toEqual(['a', 'c']);
  });

  it('reads colours and sizes by words and by steps', () => {
    const words = { by: 'state', words: { bad: 'red' }, missing: 'grey' };
    expect([colourOf(words, { state: 'bad' }), colourOf(words, {})]).toEqual(['red', 'grey']);
    const steps = { by: 'calls', steps: [[0, 'pale'], [10, 'deep']] as const, missing: 'grey' }; // biome-ignore format: one scale
    expect([colourOf(steps, { calls: 12 }), colourOf(steps, { calls: 3 }), colourOf(steps, {})]).toEqual([
      'deep',
      'pale',
      'grey',
    ]);
    expect([
      sizeOf({ by: 'state', words: { bad: 4 }, missing: 1 }, { state: 'bad' }, 2),
      sizeOf(undefined, {}, 2),
    ]).toEqual([4, 2]);
  });
});
