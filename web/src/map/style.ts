/** From layers of ours to a MapLibre style: no glyphs, no sprites, no tiles, so nothing is asked of anybody. Pure. */
import type { FeatureCollection } from 'geojson';
import type { ExpressionSpecification, LayerSpecification, StyleSpecification } from 'maplibre-gl';
import type { Tokens } from '../theme/tokens';

/** One colour, a colour by steps of a number, or a colour by the words of a property. */
export type Colour =
  | string
  | { by: string; steps: readonly (readonly [from: number, colour: string])[]; missing: string }
  | { by: string; words: Readonly<Record<string, string>>; missing: string };

/** One width, or one by the words of a property: state is never colour alone. */
export type Width = number | { by: string; words: Readonly<Record<string, number>>; missing: number };

export interface MapLayer {
  id: string;
  kind: 'area' | 'line' | 'point' | 'heat';
  data: FeatureCollection;
  colour: Colour;
  opacity?: number;
  /** Lines: px. Points: radius, px. */
  size?: Width;
  /** Areas: colour of the border; none when left out. */
  border?: string;
  /** Property whose value is written at the place (areas and points) or along the line. */
  label?: string;
  labelSize?: number;
  /** Draws a ring around points. */
  ring?: boolean;
}

/** Areas coloured from little to much: `scaleColour('calls', values, tokens)`. */
export function scaleColour(by: string, values: readonly number[], tokens: Tokens): Colour {
  const sorted = values.filter(Number.isFinite).toSorted((a, b) => a - b);
  const colours = tokens.scale;
  const steps = colours.map((colour, i): [number, string] => [
    sorted[Math.floor((i * sorted.length) / colours.length)] ?? 0,
    colour,
  ]);
  const distinct = steps.filter(([from], i) => i === 0 || from > (steps[i - 1]?.[0] ?? Number.NEGATIVE_INFINITY));
  return { by, steps: distinct, missing: tokens.neutralSoft };
}

/** Lines of these classes (a map's `class`) are drawn so wide, px, and named in this order. */
export const LINE_WIDTHS: Readonly<Record<string, number>> = { expressway: 2.5, avenue: 1.75, street: 1 };

/** Below this zoom, at which a whole city is seen, streets go without names. */
const STREETS_NAMED_FROM = 11.2;

const BELOW: { 'text-offset': [number, number]; 'text-anchor': 'top' } = {
  'text-offset': [0, 1.1],
  'text-anchor': 'top',
};

/** Label fonts: without glyphs MapLibre draws text itself, with the fonts of the page. */
const FONTS = ['sans'];

/** Names of places count for more than names of lines: what is last in a style gets its room first. */
export function styleOf(layers: readonly MapLayer[], tokens: Tokens): StyleSpecification {
  const ground: LayerSpecification = { id: 'ground', type: 'background', paint: { 'background-color': tokens.page } };
  return {
    version: 8,
    sources: Object.fromEntries(
      layers.map((layer) => [layer.id, { type: 'geojson', data: layer.data, generateId: true } as const]),
    ),
    layers: [
      ground,
      ...layers.flatMap((layer) => shapesOf(layer)),
      ...layers.filter(({ kind }) => kind === 'line').flatMap((layer) => labelsOf(layer, tokens)),
      ...layers.filter(({ kind }) => kind !== 'line').flatMap((layer) => labelsOf(layer, tokens)),
    ],
  };
}

function shapesOf(layer: MapLayer): LayerSpecification[] {
  const { id, opacity = 1 } = layer;
  const base = { id, source: id };
  const colour = colourOf(layer.colour);
  switch (layer.kind) {
    case 'area':
      return [
        { ...base, type: 'fill', paint: { 'fill-color': colour, 'fill-opacity': opacity } },
        ...(layer.border
          ? [
              {
                id: `${id}-border`,
                source: id,
                type: 'line' as const,
                paint: { 'line-color': layer.border, 'line-width': 1 },
              },
            ]
          : []),
      ];
    case 'line':
      return [
        {
          ...base,
          type: 'line',
          layout: { 'line-cap': 'round', 'line-join': 'round' },
          paint: { 'line-color': colour, 'line-width': widthOf(layer.size ?? 2), 'line-opacity': opacity },
        },
      ];
    case 'point':
      return [
        {
          ...base,
          type: 'circle',
          paint: {
            'circle-color': colour,
            'circle-radius': widthOf(layer.size ?? 5),
            'circle-opacity': opacity,
            ...(layer.ring
              ? { 'circle-stroke-width': 5, 'circle-stroke-color': colour, 'circle-stroke-opacity': 0.25 }
              : {}),
          },
        },
      ];
    case 'heat':
      return [{ ...base, type: 'heatmap', paint: { 'heatmap-opacity': opacity, 'heatmap-radius': 22 } }];
  }
}

function labelsOf(layer: MapLayer, tokens: Tokens): LayerSpecification[] {
  if (!layer.label) return [];
  const isLine = layer.kind === 'line';
  const name: ExpressionSpecification = ['to-string', ['coalesce', ['get', layer.label], '']];
  return [
    {
      id: `${layer.id}-label`,
      source: layer.id,
      type: 'symbol',
      layout: {
        'text-field': isLine ? alongLines(name) : name,
        'text-font': FONTS,
        'text-size': layer.labelSize ?? (isLine ? 11 : 13),
        'symbol-placement': isLine ? 'line' : 'point',
        'text-max-angle': 30,
        ...(isLine ? { 'symbol-sort-key': rank(), 'symbol-spacing': 420, 'text-padding': 8 } : {}),
        ...(layer.kind === 'point' ? BELOW : {}),
      },
      paint: {
        'text-color': isLine ? tokens.text2 : tokens.text,
        'text-halo-color': tokens.halo,
        'text-halo-width': 1.2,
      },
    },
  ];
}

function alongLines(name: ExpressionSpecification): ExpressionSpecification {
  return ['step', ['zoom'], ['case', ['==', ['get', 'class'], 'street'], '', name], STREETS_NAMED_FROM, name];
}

/** The wider the line, the sooner it is named. */
function rank(): number | ExpressionSpecification {
  return wordsOf('class', Object.fromEntries(Object.keys(LINE_WIDTHS).map((word, i) => [word, i])), 1);
}

function colourOf(colour: Colour): string | ExpressionSpecification {
  if (typeof colour === 'string') return colour;
  if ('words' in colour) return wordsOf(colour.by, colour.words, colour.missing);
  const [first, ...more] = colour.steps;
  if (!first) return colour.missing;
  const steps: ExpressionSpecification = ['step', ['to-number', ['get', colour.by]], first[1], ...more.flat()];
  return ['case', ['==', ['get', colour.by], null], colour.missing, more.length ? steps : first[1]];
}

function widthOf(width: Width): number | ExpressionSpecification {
  return typeof width === 'number' ? width : wordsOf(width.by, width.words, width.missing);
}

function wordsOf<T extends string | number>(
  by: string,
  words: Readonly<Record<string, T>>,
  missing: T,
): T | ExpressionSpecification {
  const [first, ...more] = Object.entries(words);
  if (!first) return missing;
  return ['match', ['get', by], ...first, ...more.flat(), missing];
}

/** West, south, east, north of everything drawn; undefined when nothing is. */
export function boundsOf(layers: readonly Pick<MapLayer, 'data'>[]): [number, number, number, number] | undefined {
  const bounds: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity];
  const take = (position: unknown): void => {
    if (!Array.isArray(position)) return;
    const [lon, lat]: unknown[] = position;
    if (typeof lon === 'number' && typeof lat === 'number') {
      bounds[0] = Math.min(bounds[0], lon);
      bounds[1] = Math.min(bounds[1], lat);
      bounds[2] = Math.max(bounds[2], lon);
      bounds[3] = Math.max(bounds[3], lat);
    } else for (const each of position) take(each);
  };
  for (const { data } of layers)
    for (const { geometry } of data.features) if (geometry && 'coordinates' in geometry) take(geometry.coordinates);
  return bounds[0] === Infinity ? undefined : bounds;
}
