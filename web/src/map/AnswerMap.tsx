/** An answer of the metrics on the map of one of its dimensions: figures as colour and size, with a table beside it. */
import { useQueries, useQuery } from '@tanstack/react-query';
import type { FeatureCollection } from 'geojson';
import { type ReactNode, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Answer, type Field, figure, labelOf, numberAt, readAnswer } from '../charts/answer';
import type { Selected } from '../charts/Chart';
import { type Bilingual, useLang, wordsOf } from '../i18n/texts';
import { useTheme } from '../theme/mode';
import { Failure, Skeleton } from '../ui/StateView';
import css from './answerMap.module.css';
import { type Class, type State, statesOf, stepsOf, type Tone } from './classes';
import { Legend } from './Legend';
import { FIGURES, figureLayer, groundLayers } from './layers';
import type { PopupWords, Properties } from './MapView';
import { PlainMap } from './PlainMap';
import { type CityMap, geometryQuery, mapFor, mapsQuery } from './queries';

/** Lines are named only on maps of this height, px; on smaller ones names would hide them. */
const NAMED_FROM = 320;

export interface NamedState {
  from?: number | null;
  title: Bilingual;
  tone: Tone;
}

export interface AnswerMapProps {
  answer: Answer;
  height: number;
  /** Name of the map; left out, the first map of one of the answer's dimensions. */
  map?: string | null;
  /** What the first metric's figures mean; left out, five steps. */
  states?: readonly NamedState[];
  onSelect?: (selected: Selected) => void;
  /** The same figures for keyboard and screen reader. */
  table?: ReactNode;
  /** What is drawn when no map fits; left out, nothing. */
  instead?: ReactNode;
}

export function AnswerMap(props: AnswerMapProps) {
  const { answer, height, map: wanted, instead = null } = props;
  const { data: maps, error, isPending } = useQuery(mapsQuery);
  if (isPending) return <Skeleton height={height} />;
  if (error) return <Failure error={error} />;
  const map = mapFor(answer, maps, wanted);
  if (!map) return instead;
  return <Drawn {...props} map={map} ground={maps.filter((each) => each.base && !each.problem)} />;
}

interface DrawnProps extends Omit<AnswerMapProps, 'map'> {
  map: CityMap;
  ground: readonly CityMap[];
}

function Drawn({ answer, height, map, ground, states, onSelect, table }: DrawnProps) {
  const { t } = useTranslation('ui');
  const lang = useLang();
  const { tokens } = useTheme();
  const [isTable, setTable] = useState(false);
  const names = useMemo(() => [...new Set([...ground.map(({ name }) => name), map.name])], [ground, map]);
  const asked = useQueries({ queries: names.map(geometryQuery) });
  const failed = asked.find(({ error }) => error)?.error;
  const found = asked.map(({ data }) => data);
  const isReady = found.every((each) => each !== undefined);
  // The results are new arrays each time; their times say whether anything changed.
  const stamp = asked.map(({ dataUpdatedAt }) => dataUpdatedAt).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: `stamp` stands for the geometry
  const geometry = useMemo(() => zipped(names, found), [names, stamp]);
  const reading = useMemo(() => figuresOf(answer, lang, t('chart.missing')), [answer, lang, t]);
  const classes = useMemo(() => {
    if (states?.length)
      return statesOf(
        states.map((each) => spoken(each, lang)),
        tokens,
      );
    const values = [...reading.values.values()].filter((each) => each !== null);
    return stepsOf(values, tokens, (from, to, place) =>
      t('map.step', { words: t(`map.steps.${place}`), range: reading.range(from, to) }),
    );
  }, [reading, states, tokens, lang, t]);
  const layers = useMemo(() => {
    const data = geometry.get(map.name);
    if (!data) return [];
    const named = map.shape === 'area' || height >= NAMED_FROM;
    const beneath = groundLayers(
      ground.filter(({ name }) => name !== map.name),
      geometry,
      { tokens, lang, named: map.shape !== 'area' && named },
    );
    const figures = figureLayer(map, data, { values: reading.values, classes }, { tokens, lang, named });
    return map.shape === 'area' ? [figures, ...beneath] : [...beneath, figures];
  }, [geometry, map, ground, reading, classes, tokens, lang, height]);
  if (failed) return <Failure error={failed} />;
  if (!isReady) return <Skeleton height={height} />;
  const toggle = table && (
    <button type="button" className={css.toggle} aria-pressed={isTable} onClick={() => setTable(!isTable)}>
      {t(isTable ? 'map.asMap' : 'map.asTable')}
    </button>
  );
  const say = (properties: Properties): PopupWords => {
    const key = String(properties.key);
    const value = reading.values.get(key) ?? null;
    const said = String(properties[lang === 'en' ? 'label_en' : 'label'] ?? key);
    const state = states?.length ? classes.findLast(({ from }) => value !== null && value >= from)?.words : undefined;
    return {
      title: said,
      lines: [
        [reading.title, value === null ? t('map.noFigure') : reading.words(value)],
        ...(state ? [[t('map.state'), state] as const] : []),
      ],
    };
  };
  const select = (_layer: string, properties: Properties) => {
    const key = String(properties.key);
    if (reading.values.has(key))
      onSelect?.({ name: key, seriesName: reading.title, index: 0, category: key, series: null });
  };
  return (
    <div className={css.box} style={{ height }}>
      {toggle}
      {isTable ? (
        <div className={css.table}>{table}</div>
      ) : (
        <PlainMap
          layers={layers}
          label={t('map.describe', { title: reading.title, count: reading.values.size })}
          height={height}
          popups={{ [FIGURES]: say }}
          {...(onSelect ? { onSelect: select } : {})}
          legend={<ClassLegend classes={classes} map={map} title={reading.title} />}
        />
      )}
    </div>
  );
}

function ClassLegend({ classes, map, title }: { classes: readonly Class[]; map: CityMap; title: string }) {
  const items = classes.map(({ words, colour, width }) => ({ words, colour, width, shape: map.shape }));
  return (
    <>
      <span className={css.title}>{title}</span>
      <Legend items={items} />
    </>
  );
}

interface Reading {
  title: string;
  values: Map<string, number | null>;
  words: (value: number) => string;
  range: (from: number, to: number) => string;
}

/** The first metric by the dimension's value; with a time column the newest period counts. */
function figuresOf(answer: Answer, lang: 'zh' | 'en', missing: string): Reading {
  const { time, dimensions, metrics } = readAnswer(answer, lang);
  const [places] = dimensions;
  const [metric] = metrics;
  const values = new Map<string, number | null>();
  if (!places || !metric) return { title: '', values, words: String, range: (from, to) => `${from}–${to}` };
  const newest = time?.values.reduce<string>((last, each) => (String(each) > last ? String(each) : last), '');
  for (let row = 0; row < answer.row_count; row++) {
    const key = places.values[row];
    if (key === null || key === undefined || (time && String(time.values[row]) !== newest)) continue;
    values.set(String(key), numberAt(metric, row));
  }
  const bare: Field = { ...metric, column: { ...metric.column, unit: null } };
  const words = (value: number) => figure(metric, value, lang);
  const range = (from: number, to: number) => (from === to ? words(from) : `${figure(bare, from, lang)}–${words(to)}`);
  const when = time && newest ? labelOf(answer, time, newest, lang, missing) : '';
  return { title: when ? `${metric.title} · ${when}` : metric.title, values, words, range };
}

function spoken({ from, title, tone }: NamedState, lang: 'zh' | 'en'): State {
  return { from, tone, words: wordsOf(title, lang) };
}

function zipped(
  names: readonly string[],
  found: readonly (FeatureCollection | undefined)[],
): ReadonlyMap<string, FeatureCollection> {
  return new Map(names.flatMap((name, i) => (found[i] ? [[name, found[i]] as const] : [])));
}
