/** The city's maps: a list, and the shapes of the chosen one on the ground. */
import { useQueries, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { FeatureCollection } from 'geojson';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useMay } from '../../api/session';
import { useLang, useSay } from '../../i18n/texts';
import { groundLayers } from '../../map/layers';
import { MapView } from '../../map/MapView';
import { type CityMap, geometryQuery, labelIn, mapsQuery } from '../../map/queries';
import { LINE_WIDTHS } from '../../map/style';
import { useView } from '../../routing/search';
import { useTheme } from '../../theme/mode';
import { Card } from '../../ui/Card';
import { type Column, DataTable } from '../../ui/DataTable';
import { Grid, Page, Span } from '../../ui/Page';
import { PlainButton } from '../../ui/PlainButton';
import { Empty, Failure, Skeleton, StateView } from '../../ui/StateView';
import { StatusTag } from '../../ui/StatusTag';
import { useNarrow } from '../../ui/useNarrow';
import css from './maps.module.css';
import { mapsView } from './views';

const MAP_HEIGHT = 440;

export function MapsPage() {
  const { t } = useTranslation('maps');
  const may = useMay();
  const query = useQuery(mapsQuery);
  const bring = may('definitions.apply') && (
    <PlainButton primary href="/maps/import">
      {t('import')}
    </PlainButton>
  );
  return (
    <Page title={t('title')} subtitle={t('subtitle')} actions={bring}>
      <StateView
        query={query}
        height={MAP_HEIGHT}
        isEmpty={(all) => all.length === 0}
        empty={<Empty title={t('none')} hint={t('noneHint')} action={bring} height={MAP_HEIGHT} />}
      >
        {(all) => <Maps all={all} />}
      </StateView>
    </Page>
  );
}

function Maps({ all }: { all: readonly CityMap[] }) {
  const { t } = useTranslation('maps');
  const say = useSay();
  const [view, change] = useView(mapsView);
  const chosen = all.find(({ name }) => name === view.map) ?? all[0];
  const narrow = useNarrow();
  const columns: Column<CityMap>[] = [
    { key: 'title', title: t('name'), value: ({ title, name }) => say(title, name) },
    { key: 'shape', title: t('shape'), width: 84, value: ({ shape }) => t(`shapes.${shape}`) },
    {
      key: 'dimension',
      title: t('dimension'),
      width: 116,
      value: ({ dimension_title: title, dimension }) => say(title, dimension ?? '–'),
    },
    { key: 'features', title: t('features'), width: 84, isNumber: true, value: ({ features }) => features },
    {
      key: 'state',
      title: t('state'),
      width: 100,
      value: ({ problem }) => t(problem ? 'broken' : 'drawn'),
      render: ({ problem }) => (
        <StatusTag tone={problem ? 'bad' : 'good'} dot>
          {t(problem ? 'broken' : 'drawn')}
        </StatusTag>
      ),
    },
  ];
  return (
    <Grid>
      <Span of={7}>
        <Card flush title={t('list')}>
          <DataTable
            label={t('list')}
            columns={narrow ? columns.filter(({ key }) => ['title', 'features', 'state'].includes(key)) : columns}
            rows={all}
            keyOf={({ name }) => name}
            onOpen={({ name }) => change({ map: name })}
            {...(chosen ? { openKey: chosen.name } : {})}
          />
        </Card>
      </Span>
      <Span of={5}>{chosen && <Shown key={chosen.name} map={chosen} all={all} />}</Span>
    </Grid>
  );
}

function Shown({ map, all }: { map: CityMap; all: readonly CityMap[] }) {
  const { t } = useTranslation('maps');
  const say = useSay();
  const may = useMay();
  const title = say(map.title, map.name);
  return (
    <Card flush title={title} subtitle={map.name}>
      {map.problem ? (
        <div role="alert">
          <Empty title={map.problem.message} hint={map.problem.hint} height={MAP_HEIGHT} />
        </div>
      ) : (
        <Shapes map={map} ground={all.filter(({ base, problem }) => base && !problem)} title={title} />
      )}
      <dl className={css.facts}>
        <Fact name={t('key')} value={map.key} />
        <Fact name={t('dimension')} value={say(map.dimension_title, map.dimension ?? t('noDimension'))} />
        <Fact name={t('file')} value={map.file} />
        <Fact name={t('version')} value={String(map.version)} />
        {map.bounds && <Fact name={t('bounds')} value={map.bounds.map((each) => each.toFixed(3)).join(', ')} />}
      </dl>
      <div className={css.links}>
        {may('definitions.view') && (
          <Link to="/definitions" search={{ q: map.name }}>
            {t('definition')}
          </Link>
        )}
      </div>
    </Card>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function Shapes({ map, ground, title }: { map: CityMap; ground: readonly CityMap[]; title: string }) {
  const { t } = useTranslation('maps');
  const lang = useLang();
  const { tokens } = useTheme();
  const shown = useMemo(() => [...ground.filter(({ name }) => name !== map.name), map], [ground, map]);
  const asked = useQueries({ queries: shown.map(({ name }) => geometryQuery(name)) });
  const failed = asked.find(({ error }) => error)?.error;
  const isReady = asked.every(({ data }) => data !== undefined);
  const stamp = asked.map(({ dataUpdatedAt }) => dataUpdatedAt).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: `stamp` stands for the geometry
  const layers = useMemo(() => {
    const geometry = new Map<string, FeatureCollection>();
    shown.forEach(({ name }, i) => {
      const data = asked[i]?.data;
      if (data) geometry.set(name, data);
    });
    const beneath = groundLayers(shown.slice(0, -1), geometry, { tokens, lang, named: map.shape !== 'area' });
    const data = geometry.get(map.name);
    if (!data) return beneath;
    // Land above an area would hide it.
    const isLand = new Set(shown.filter(({ look }) => look === 'land').map(({ name }) => `ground-${name}`));
    const own = {
      id: 'own',
      kind: map.shape,
      data,
      colour: map.shape === 'area' ? (map.look === 'water' ? tokens.water : tokens.selected) : tokens.primary,
      ...(map.shape === 'area'
        ? { border: tokens.link }
        : { size: map.shape === 'line' ? { by: 'class', words: LINE_WIDTHS, missing: 1.5 } : 4 }),
      ...(map.shape === 'point' ? {} : { label: labelIn(lang) }),
    };
    return map.shape === 'area'
      ? [...beneath.filter(({ id }) => isLand.has(id)), own, ...beneath.filter(({ id }) => !isLand.has(id))]
      : [...beneath, own];
  }, [shown, stamp, tokens, lang, map]);
  if (failed) return <Failure error={failed} />;
  if (!isReady) return <Skeleton height={MAP_HEIGHT} />;
  return (
    <MapView
      layers={layers}
      label={t('preview', { title })}
      height={MAP_HEIGHT}
      popups={{
        own: (said) => ({ title: String(said[labelIn(lang)] ?? said.key), lines: [[t('key'), String(said.key)]] }),
      }}
    />
  );
}
