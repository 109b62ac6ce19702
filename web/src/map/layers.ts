/** From maps, geometry and classes to layers: ground beneath, figures above. Pure. */
import type { FeatureCollection } from 'geojson';
import type { Lang } from '../i18n';
import type { Tokens } from '../theme/tokens';
import { type Class, classOf } from './classes';
import { type CityMap, labelIn } from './queries';
import type { MapLayer } from './style';

/** The layer that carries figures. */
export const FIGURES = 'figures';

/** How much of its width or size a feature keeps on a small map. */
const SMALL_SHARE = 0.65;

export function groundLayers(
  maps: readonly CityMap[],
  geometry: ReadonlyMap<string, FeatureCollection>,
  { tokens, lang, named }: { tokens: Tokens; lang: Lang; named: boolean },
): MapLayer[] {
  return maps.flatMap((map): MapLayer[] => {
    const data = geometry.get(map.name);
    if (!data) return [];
    const isLand = map.look === 'land';
    const id = `ground-${map.name}`;
    if (map.shape === 'line') return [{ id, kind: 'line', data, colour: tokens.roadLine, size: 1 }];
    if (map.shape === 'point') return [{ id, kind: 'point', data, colour: tokens.rest, size: 3 }];
    return [
      {
        id,
        kind: 'area',
        data,
        colour: map.look === 'water' ? tokens.water : map.look === 'green' ? tokens.successSoft : tokens.land,
        ...(isLand ? { border: tokens.landLine } : {}),
        ...(isLand && named ? { label: labelIn(lang), labelSize: 12 } : {}),
      },
    ];
  });
}

export interface Figures {
  /** A feature's key → its figure. */
  values: ReadonlyMap<string, number | null>;
  classes: readonly Class[];
}

/** A map coloured, and where it is not an area also sized, by figures. */
export function figureLayer(
  map: CityMap,
  data: FeatureCollection,
  { values, classes }: Figures,
  { tokens, lang, named }: { tokens: Tokens; lang: Lang; named: boolean },
): MapLayer {
  const features = data.features.map((feature) => {
    const key = String(feature.properties?.key ?? '');
    const found = classOf(classes, values.get(key) ?? null);
    return { ...feature, properties: { ...feature.properties, class_id: found?.id ?? '' } };
  });
  // The wider lies above, so that it is seen where lines and points meet.
  const widths = new Map(classes.map(({ id, width }) => [id, width]));
  features.sort((a, b) => (widths.get(a.properties.class_id) ?? 0) - (widths.get(b.properties.class_id) ?? 0));
  const words = (of: (each: Class) => string) => Object.fromEntries(classes.map((each) => [each.id, of(each)]));
  // Where there is no room for names, thick lines would run into each other.
  const share = named ? 1 : SMALL_SHARE;
  const sizes = Object.fromEntries(
    classes.map((each) => [each.id, (map.shape === 'line' ? each.width : each.radius) * share]),
  );
  const isArea = map.shape === 'area';
  return {
    id: FIGURES,
    kind: map.shape,
    data: { type: 'FeatureCollection', features },
    colour: {
      by: 'class_id',
      words: words(({ colour }) => colour),
      missing: isArea ? tokens.neutralSoft : tokens.roadLine,
    },
    ...(isArea
      ? { border: tokens.landLine, opacity: 0.92 }
      : { size: { by: 'class_id', words: sizes, missing: share } }),
    ...(map.shape === 'point' ? { ring: true } : named ? { label: labelIn(lang) } : {}),
  };
}
