/** The city laid flat: positions to pixels, features to SVG paths, names where there is room for them. Pure. */
import type { Feature, Position } from 'geojson';
import type { Colour, MapLayer, Width } from './style';

export type Point = readonly [x: number, y: number];
export type Project = (position: Position) => Point;

export interface Room {
  width: number;
  height: number;
  /** Kept free at each side, px. */
  margin: { top: number; right: number; bottom: number; left: number };
}

/** Fits the bounds `[west, south, east, north]` into the room; over a city the earth is flat (equirectangular). */
export function fitted([west, south, east, north]: readonly [number, number, number, number], room: Room): Project {
  const { width, height, margin } = room;
  const squeeze = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const free = {
    x: Math.max(1, width - margin.left - margin.right),
    y: Math.max(1, height - margin.top - margin.bottom),
  };
  const scale = Math.min(free.x / ((east - west) * squeeze || 1), free.y / (north - south || 1));
  const middle = { x: margin.left + free.x / 2, y: margin.top + free.y / 2 };
  return ([lon = 0, lat = 0]) => [
    middle.x + (lon - (west + east) / 2) * squeeze * scale,
    middle.y - (lat - (south + north) / 2) * scale,
  ];
}

/** The `d` of an area's or a line's path; empty for points. */
export function pathOf({ geometry }: Feature, project: Project): string {
  switch (geometry?.type) {
    case 'LineString':
      return stroke(geometry.coordinates, project);
    case 'MultiLineString':
      return geometry.coordinates.map((line) => stroke(line, project)).join('');
    case 'Polygon':
      return geometry.coordinates.map((ring) => `${stroke(ring, project)}Z`).join('');
    case 'MultiPolygon':
      return geometry.coordinates
        .flat()
        .map((ring) => `${stroke(ring, project)}Z`)
        .join('');
    default:
      return '';
  }
}

/** The places of a point feature. */
export function pointsOf({ geometry }: Feature, project: Project): Point[] {
  if (geometry?.type === 'Point') return [project(geometry.coordinates)];
  return geometry?.type === 'MultiPoint' ? geometry.coordinates.map(project) : [];
}

function stroke(line: readonly Position[], project: Project): string {
  return line
    .map(
      (each, i) =>
        `${i === 0 ? 'M' : 'L'}${project(each)
          .map((at) => at.toFixed(1))
          .join(' ')}`,
    )
    .join('');
}

/** Middle and direction (degrees, never upside down) of the longest straight piece around the middle of a line. */
export function alongLine({ geometry }: Feature, project: Project): { at: Point; turn: number } | undefined {
  const lines =
    geometry?.type === 'LineString'
      ? [geometry.coordinates]
      : geometry?.type === 'MultiLineString'
        ? geometry.coordinates
        : [];
  const longest = lines.toSorted((a, b) => b.length - a.length)[0]?.map(project);
  const place = Math.floor(((longest?.length ?? 0) - 1) / 2);
  const [from, to] = [longest?.[place], longest?.[place + 1]];
  if (!from || !to) return undefined;
  const turn = (Math.atan2(to[1] - from[1], to[0] - from[0]) * 180) / Math.PI;
  return {
    at: [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2],
    turn: turn > 90 ? turn - 180 : turn < -90 ? turn + 180 : turn,
  };
}

export interface Name {
  key: string;
  words: string;
  at: Point;
  turn: number;
  size: number;
}

/** The names that can stand without covering one another; those that come first get their room first. */
export function withRoom(names: readonly Name[], { width, height }: Pick<Room, 'width' | 'height'>): Name[] {
  const taken: { x: number; y: number; w: number; h: number }[] = [];
  return names.filter(({ words, at: [x, y], turn, size }) => {
    const long = [...words].reduce((sum, letter) => sum + (letter > '\u2e80' ? size : size * 0.55), 4);
    const [c, s] = [Math.abs(Math.cos((turn * Math.PI) / 180)), Math.abs(Math.sin((turn * Math.PI) / 180))];
    const box = { x, y, w: long * c + size * 1.4 * s, h: long * s + size * 1.4 * c };
    const isInside = x - box.w / 2 >= 0 && x + box.w / 2 <= width && y - box.h / 2 >= 0 && y + box.h / 2 <= height;
    const isFree = taken.every(
      (other) => Math.abs(other.x - x) > (other.w + box.w) / 2 || Math.abs(other.y - y) > (other.h + box.h) / 2,
    );
    if (isInside && isFree) taken.push(box);
    return isInside && isFree;
  });
}

/** Colour of a feature in its layer. */
export function colourOf(colour: Colour, properties: Feature['properties']): string {
  if (typeof colour === 'string') return colour;
  const value: unknown = properties?.[colour.by];
  if ('words' in colour) return colour.words[String(value)] ?? colour.missing;
  return typeof value === 'number'
    ? (colour.steps.findLast(([from]) => value >= from)?.[1] ?? colour.missing)
    : colour.missing;
}

/** Width of a line or radius of a point, px. */
export function sizeOf(size: Width | undefined, properties: Feature['properties'], usual: number): number {
  if (size === undefined) return usual;
  return typeof size === 'number' ? size : (size.words[String(properties?.[size.by])] ?? size.missing);
}

/** Whether a layer is named; heat has no shape of its own. */
export function isNamed({ label, kind }: MapLayer): boolean {
  return label !== undefined && kind !== 'heat';
}
