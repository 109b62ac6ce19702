/** What a file holds: its shapes on the city's ground, and its properties. */
import { useQueries, useQuery } from '@tanstack/react-query';
import type { FeatureCollection } from 'geojson';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { listOf, useLang } from '../../i18n/texts';
import { drawable } from '../../map/geometry';
import { groundLayers } from '../../map/layers';
import { MapView } from '../../map/MapView';
import { type CityMap, geometryQuery, labelIn, mapsQuery } from '../../map/queries';
import { useTheme } from '../../theme/mode';
import { Card } from '../../ui/Card';
import { type Column, DataTable } from '../../ui/DataTable';
import { Empty, Skeleton } from '../../ui/StateView';
import css from './maps.module.css';
import type { Preview } from './preview';

const MAP_HEIGHT = 420;

export function FilePicture({ found, isReading }: { found: Preview | undefined; isReading: boolean }) {
  const { t } = useTranslation('maps');
  const lang = useLang();
  const { tokens } = useTheme();
  const ground = useGround();
  const layers = useMemo(() => {
    if (!found) return [];
    const data = drawable(featuresOf(found.picture));
    const isArea = found.shape === 'area';
    return [
      ...(ground && isNear(found.bounds, ground.maps)
        ? groundLayers(ground.maps, ground.geometry, { tokens, lang, named: false })
        : []),
      {
        id: 'file',
        kind: found.shape,
        data,
        colour: isArea ? tokens.selected : tokens.primary,
        ...(isArea ? { border: tokens.link, opacity: 0.8 } : { size: found.shape === 'line' ? 2 : 4 }),
        label: 'key',
      },
    ];
  }, [found, ground, tokens, lang]);
  if (!found)
    return (
      <Card flush title={t('new.picture')}>
        {isReading ? <Skeleton height={MAP_HEIGHT} /> : <Empty title={t('new.waiting')} height={MAP_HEIGHT} />}
      </Card>
    );
  const columns: Column<Preview['properties'][number]>[] = [
    { key: 'name', title: t('new.property'), width: 140, value: ({ name }) => name },
    {
      key: 'samples',
      title: t('new.samples'),
      cut: true,
      value: ({ samples }) => listOf(samples, lang),
    },
    { key: 'distinct', title: t('new.distinct'), width: 110, isNumber: true, value: ({ distinct }) => distinct },
    { key: 'key', title: t('new.canBeKey'), width: 110, value: (each) => t(each.is_key ? 'new.yes' : 'new.no') },
  ];
  return (
    <div className={css.form}>
      <Card
        flush
        title={t('new.picture')}
        subtitle={t('new.facts', {
          count: found.features,
          shape: t(`shapes.${found.shape}`),
          encoding: found.encoding,
        })}
      >
        <MapView
          key={`${found.bounds.join()} ${ground !== undefined}`}
          layers={layers}
          label={t('new.picture')}
          height={MAP_HEIGHT}
          popups={{ file: (said) => ({ title: String(said[labelIn(lang)] ?? said.key) }) }}
        />
      </Card>
      <Card flush title={t('new.properties')}>
        <DataTable label={t('new.properties')} columns={columns} rows={found.properties} keyOf={({ name }) => name} />
      </Card>
    </div>
  );
}

interface Ground {
  maps: readonly CityMap[];
  geometry: ReadonlyMap<string, FeatureCollection>;
}

/** The city's ground, once all of it is here: on it one sees whether the coordinates fit. */
function useGround(): Ground | undefined {
  const { data: all = [] } = useQuery(mapsQuery);
  const maps = useMemo(() => all.filter(({ base, problem }) => base && !problem), [all]);
  const asked = useQueries({ queries: maps.map(({ name }) => geometryQuery(name)) });
  const stamp = asked.map(({ dataUpdatedAt }) => dataUpdatedAt).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: `stamp` stands for the geometry
  return useMemo(() => {
    const found = maps.flatMap(({ name }, i) => (asked[i]?.data ? [[name, asked[i].data] as const] : []));
    return maps.length > 0 && found.length === maps.length ? { maps, geometry: new Map(found) } : undefined;
  }, [maps, stamp]);
}

/** Ground of another place would only make the file small. */
function isNear(bounds: readonly number[], maps: readonly CityMap[]): boolean {
  const [west = 0, south = 0, east = 0, north = 0] = bounds;
  return maps.some(({ bounds: own }) => {
    const [w = 0, s = 0, e = 0, n = 0] = own ?? [];
    return west < e && east > w && south < n && north > s;
  });
}

interface Sent {
  properties: Record<string, unknown>;
  geometry: Record<string, unknown>;
}

function featuresOf(picture: Record<string, unknown>): Sent[] {
  return Array.isArray(picture.features) ? picture.features.filter(isSent) : [];
}

function isSent(each: unknown): each is Sent {
  return typeof each === 'object' && each !== null && 'properties' in each && 'geometry' in each;
}
