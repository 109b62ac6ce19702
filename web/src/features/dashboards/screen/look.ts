/** From the ground of a screen to a MapLibre style whose colours and widths are states of features. Pure. */
import type { ExpressionSpecification, LayerSpecification, StyleSpecification } from 'maplibre-gl';
import type { Lang } from '../../../i18n';
import { labelIn } from '../../../map/queries';
import type { Tokens } from '../../../theme/tokens';
import type { GroundLayer } from './ground';

const FONTS = ['sans'];
/** Width of a line without a state, px at 1440 × 900. */
const PLAIN = 1.5;

export interface Look {
  tokens: Tokens;
  scale: number;
  lang: Lang;
}

export function lookOf(layers: readonly GroundLayer[], look: Look): StyleSpecification {
  const { tokens, scale } = look;
  return {
    version: 8,
    sources: Object.fromEntries(
      layers.map(({ name, data }) => [name, { type: 'geojson' as const, data, promoteId: 'key' }]),
    ),
    layers: [
      { id: 'ground', type: 'background', paint: { 'background-color': tokens.page } },
      ...layers.flatMap((layer) => shapes(layer, tokens, scale)),
      // The last is placed first: districts keep their names where roads would write over them.
      ...layers.toReversed().flatMap((layer) => labels(layer, look)),
    ],
  };
}

function shapes({ name, role, shape }: GroundLayer, tokens: Tokens, scale: number): LayerSpecification[] {
  const base = { id: name, source: name };
  const colour = stated('colour', role === 'water' ? tokens.water : shape === 'area' ? tokens.land : tokens.roadLine);
  const width: ExpressionSpecification = ['*', scale, ['coalesce', ['feature-state', 'width'], PLAIN]];
  if (shape === 'line')
    return [
      {
        ...base,
        type: 'line',
        layout: { 'line-cap': 'round', 'line-join': 'round' },
        paint: { 'line-color': colour, 'line-width': width },
      },
    ];
  if (shape === 'point')
    return [{ ...base, type: 'circle', paint: { 'circle-color': colour, 'circle-radius': 4 * scale } }];
  const edge = { 'line-color': tokens.landLine, 'line-width': scale, 'line-dasharray': [3, 2] };
  return [
    { ...base, type: 'fill', paint: { 'fill-color': colour } },
    ...(role === 'water' ? [] : [{ id: `${name}-edge`, source: name, type: 'line' as const, paint: edge }]),
  ];
}

function labels({ name, role, shape }: GroundLayer, { tokens, scale, lang }: Look): LayerSpecification[] {
  const isLine = shape === 'line';
  const isQuiet = role !== 'land';
  return [
    {
      id: `${name}-label`,
      source: name,
      type: 'symbol',
      layout: {
        'text-field': ['get', labelIn(lang)],
        'text-font': FONTS,
        'text-size': (isQuiet ? 10.5 : 13) * scale,
        'symbol-placement': isLine ? 'line' : 'point',
        'symbol-spacing': 420 * scale,
        'text-max-angle': 30,
        'text-padding': 6 * scale,
      },
      paint: {
        'text-color': isQuiet ? tokens.text3 : tokens.text,
        'text-halo-color': tokens.halo,
        'text-halo-width': 1.2 * scale,
      },
    },
  ];
}

function stated(name: string, missing: string): ExpressionSpecification {
  return ['to-color', ['feature-state', name], missing];
}
