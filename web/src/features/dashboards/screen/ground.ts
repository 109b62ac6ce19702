/** The maps below a screen: areas as land, or as water, and the shapes that its tile colours. */
import { useQueries, useQuery } from '@tanstack/react-query';
import type { FeatureCollection } from 'geojson';
import { useMemo } from 'react';
import { type CityMap, centreOf, geometryQuery, mapsQuery } from '../../../map/queries';
import type { Item } from './items';

export interface GroundLayer {
  name: string;
  role: 'land' | 'water' | 'states';
  shape: CityMap['shape'];
  data: FeatureCollection;
}

export interface Ground {
  /** Undefined while they load; without any map empty. */
  layers: readonly GroundLayer[] | undefined;
  /** Where an item stands, when one of its dimension values is on a map. */
  centreOf: (item: Item) => [number, number] | undefined;
}

/** What is drawn does not wait for the maps that only say where things are. */
export function useGround(wants: Wants | undefined): Ground {
  const { data: maps, isError } = useQuery(mapsQuery);
  const found = useQueries({
    queries: (maps ?? []).map(({ name }) => geometryQuery(name)),
    combine: (all) => ({ data: all.map(({ data }) => data), failed: all.map((each) => each.isError) }),
  });
  const wanted = useMemo(() => (maps && wants ? wantedOf(maps, wants) : undefined), [maps, wants]);
  const drawn = wanted?.map(({ map, role }) => {
    const i = maps?.findIndex(({ name }) => name === map.name) ?? -1;
    return { name: map.name, role, shape: map.shape, data: found.data[i], hasFailed: found.failed[i] === true };
  });
  const isReady = isError || drawn?.every(({ data, hasFailed }) => data !== undefined || hasFailed);
  // The same layers stay the same object: the map is drawn once.
  const stamp = isReady
    ? (drawn?.map(({ name, role, data }) => `${name} ${role} ${data !== undefined}`).join() ?? '')
    : '-';
  // biome-ignore lint/correctness/useExhaustiveDependencies: `stamp` stands for the layers, `found` for their geometry
  const layers = useMemo(
    () =>
      stamp === '-'
        ? undefined
        : (drawn ?? []).flatMap(({ name, role, shape, data }) => (data ? [{ name, role, shape, data }] : [])),
    [stamp],
  );
  const centreOf = useMemo(() => centresOf(maps ?? [], found.data), [maps, found]);
  return { layers, centreOf };
}

function centresOf(maps: readonly CityMap[], shapes: readonly (FeatureCollection | undefined)[]): Ground['centreOf'] {
  const centres = new Map<string, [number, number]>();
  maps.forEach(({ dimension }, i) => {
    for (const feature of shapes[i]?.features ?? []) {
      const [lon, lat] = centreOf(feature) ?? [];
      if (dimension && lon !== undefined && lat !== undefined)
        centres.set(placeKey(dimension, feature.properties?.key), [lon, lat]);
    }
  });
  return ({ place }) => {
    for (const [dimension, value] of Object.entries(place)) {
      const centre = centres.get(placeKey(dimension, value));
      if (centre) return centre;
    }
    return undefined;
  };
}

function placeKey(dimension: string, value: unknown): string {
  return JSON.stringify([dimension, String(value)]);
}

/** What a screen's map tile asks for: a map by name, or the first of one of these dimensions. */
export interface Wants {
  map: string | null;
  by: readonly string[];
}

/** Land and water first, what the tile colours last. */
export function wantedOf(maps: readonly CityMap[], wants: Wants): { map: CityMap; role: GroundLayer['role'] }[] {
  const hero = maps.find(({ name, dimension }) =>
    wants.map ? name === wants.map : dimension && wants.by.includes(dimension),
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
