/** GeoJSON of the server in types, and a point for each feature. Pure. */
import type { Feature, FeatureCollection, Position } from 'geojson';

/** A point for a feature: the middle of its longest part's box; good enough to stand a mark on. */
export function centreOf(feature: Feature): Position | undefined {
  const { geometry } = feature;
  if (!geometry || !('coordinates' in geometry)) return undefined;
  const parts: Position[][] = [];
  collect(geometry.coordinates, parts);
  const longest = parts.toSorted((a, b) => b.length - a.length)[0];
  if (!longest) return undefined;
  const lon = longest.map(([x]) => x ?? 0);
  const lat = longest.map(([, y]) => y ?? 0);
  return [(Math.min(...lon) + Math.max(...lon)) / 2, (Math.min(...lat) + Math.max(...lat)) / 2];
}

/** Whether a point lies in an area; holes count as outside. */
export function contains({ geometry }: Feature, [x = 0, y = 0]: readonly number[]): boolean {
  const parts =
    geometry?.type === 'Polygon'
      ? [geometry.coordinates]
      : geometry?.type === 'MultiPolygon'
        ? geometry.coordinates
        : [];
  return parts.some((rings) => rings.filter((ring) => encloses(ring, x, y)).length % 2 === 1);
}

/** Even–odd rule: a ray to the east crosses the ring an odd number of times. */
function encloses(ring: readonly Position[], x: number, y: number): boolean {
  let isInside = false;
  ring.forEach(([ax = 0, ay = 0], i) => {
    const [bx = 0, by = 0] = ring.at(i - 1) ?? [];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) isInside = !isInside;
  });
  return isInside;
}

interface Sent {
  properties: Record<string, unknown>;
  geometry: Record<string, unknown>;
}

/** What the server sent, in the types of GeoJSON; features that are none of them are left out. */
export function drawable(sent: readonly Sent[]): FeatureCollection {
  const features = sent.flatMap(({ properties, geometry }): Feature[] => {
    const read = geometryOf(geometry.type, geometry.coordinates);
    return read ? [{ type: 'Feature', properties, geometry: read }] : [];
  });
  return { type: 'FeatureCollection', features };
}

function geometryOf(type: unknown, at: unknown): Feature['geometry'] | undefined {
  switch (type) {
    case 'Point':
      return isPosition(at) ? { type, coordinates: at } : undefined;
    case 'MultiPoint':
    case 'LineString':
      return isList(at, isPosition) ? { type, coordinates: at } : undefined;
    case 'MultiLineString':
    case 'Polygon':
      return isList(at, isLine) ? { type, coordinates: at } : undefined;
    case 'MultiPolygon':
      return isList(at, isRings) ? { type, coordinates: at } : undefined;
    default:
      return undefined;
  }
}

const isPosition = (at: unknown): at is Position => isList(at, (each): each is number => typeof each === 'number');
const isLine = (at: unknown): at is Position[] => isList(at, isPosition);
const isRings = (at: unknown): at is Position[][] => isList(at, isLine);

function isList<T>(at: unknown, is: (each: unknown) => each is T): at is T[] {
  return Array.isArray(at) && at.every(is);
}

function collect(at: unknown, parts: Position[][]): void {
  if (isPosition(at)) parts.push([at]);
  else if (isLine(at)) parts.push(at);
  else if (Array.isArray(at)) for (const each of at) collect(each, parts);
}
