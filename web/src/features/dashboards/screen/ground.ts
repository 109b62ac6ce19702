/** The maps below a screen: areas as land, or as water, and the shapes that its tile colours. */
import { useQueries, useQuery } from '@tanstack/react-query';
import type { FeatureCollection } from 'geojson';
import { useMemo } from 'react';
import { type CityMap, centreOf, geometryQuery, mapsQuery } from '../../../map/queries';
import type { Tile } from '../queries';
import type { Item } from './items';

export interface GroundLayer {
  name: string;
  role: 'land' | 'water' | 'states';
  shape: CityMap['shape'];
  data: FeatureCollection;
}

export interface Ground {
  layers: readonly GroundLayer[];
  /** Where an item stands, when one of its dimension values is on a map. */
  centreOf: (item: Item) => [number, number] | undefined;
}

/** Undefined while it loads. Without any map its layers are empty. */
export function useGround(tile: Tile | undefined): Ground | undefined {
  const { data: maps, isError } = useQuery(mapsQuery);
  const wanted = useMemo(() => maps && wantedOf(maps, tile), [maps, tile]);
  const found = useQueries({
    queries: (maps ?? []).map(({ name }) => geometryQuery(name)),
    combine: (all) => ({ data: all.map(({ data }) => data), isPending: all.some(({ isPending }) => isPending) }),
  });
  return useMemo(() => {
    if (isError) return { layers: [], centreOf: () => undefined };
    if (!maps || !wanted || found.isPending) return undefined;
    const shapes = new Map(maps.map(({ name }, i) => [name, found.data[i]]));
    const centres = new Map<string, [number, number]>();
    for (const { name, dimension } of maps)
      for (const feature of shapes.get(name)?.features ?? []) {
        const [lon, lat] = centreOf(feature) ?? [];
        if (dimension && lon !== undefined && lat !== undefined)
          centres.set(placeKey(dimension, feature.properties?.key), [lon, lat]);
      }
    return {
      layers: wanted.flatMap(({ map, role }) => {
        const data = shapes.get(map.name);
        return data ? [{ name: map.name, role, shape: map.shape, data }] : [];
      }),
      centreOf: ({ place }) => {
        for (const [dimension, value] of Object.entries(place)) {
          const centre = centres.get(placeKey(dimension, value));
          if (centre) return centre;
        }
        return undefined;
      },
    };
  }, [maps, wanted, found, isError]);
}

function placeKey(dimension: string, value: unknown): string {
  return JSON.stringify([dimension, String(value)]);
}

/** Land and water first, what the tile colours last. */
export function wantedOf(
  maps: readonly CityMap[],
  tile: Tile | undefined,
): { map: CityMap; role: GroundLayer['role'] }[] {
  const by = tile?.answer?.columns.filter(({ role }) => role === 'dimension').map(({ name }) => name) ?? [];
  const hero = maps.find(({ name, dimension }) =>
    tile?.map ? name === tile.map : dimension && by.includes(dimension),
  );
  const areas = maps
    .filter((map) => map.shape === 'area' && map.base && map !== hero)
    .map((map) => ({ map, role: map.look === 'water' ? ('water' as const) : ('land' as const) }));
  return [
    ...areas.filter(({ role }) => role === 'land'),
    ...areas.filter(({ role }) => role === 'water'),
    ...(hero ? [{ map: hero, role: 'states' as const }] : []),
  ];
}
