/** The map of a screen: drawn once; new values change the states of features, pins come and go above it. */
import { Map as MapLibre, setWorkerUrl } from 'maplibre-gl';
import 'maplibre-gl/dist/maplibre-gl.css';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { figure, numberAt, readAnswer } from '../../../charts/answer';
import { useLang, useSay } from '../../../i18n/texts';
import { boundsOf } from '../../../map/style';
import { useStill, useTheme } from '../../../theme/mode';
import { FONT } from '../../../theme/tokens';
import { Empty } from '../../../ui/StateView';
import type { Tile } from '../queries';
import type { GroundLayer } from './ground';
import type { Pin } from './items';
import { lookOf } from './look';
import mapCss from './map.module.css';
import { Pins } from './Pins';
import { useScale } from './scale';
import css from './screen.module.css';
import { colourOf, stateOf, widthOf } from './states';

setWorkerUrl(workerUrl);

interface LiveMapProps {
  layers: readonly GroundLayer[];
  tile: Tile | undefined;
  pins: readonly Pin[];
  label: string;
  onOpen: (tile: string) => void;
}

/** A feature that was clicked. */
interface Picked {
  key: string;
  point: [number, number];
}

export function LiveMap({ layers, tile, pins, label, onOpen }: LiveMapProps) {
  const { t } = useTranslation('ui');
  const still = useStill();
  const scale = useScale();
  const { tokens } = useTheme();
  const lang = useLang();
  const box = useRef<HTMLDivElement>(null);
  const [map, setMap] = useState<MapLibre>();
  const [hasFailed, setFailed] = useState(false);
  const [picked, setPicked] = useState<Picked>();
  const states = layers.find(({ role }) => role === 'states')?.name;

  useEffect(() => {
    const host = box.current;
    if (!host) return undefined;
    let made: MapLibre;
    try {
      made = draw(host, layers, lookOf(layers, { tokens, scale, lang }), scale, still);
    } catch {
      setFailed(true); // no WebGL here
      return undefined;
    }
    made.on('idle', () => {
      host.dataset.mapReady = 'true';
    });
    made.once('load', () => setMap(made));
    made.on('click', (event) => {
      const key = states && made.queryRenderedFeatures(around(event.point), { layers: [states] })[0]?.properties.key;
      setPicked(key ? { key: String(key), point: [event.lngLat.lng, event.lngLat.lat] } : undefined);
    });
    const watch = new ResizeObserver(() => made.resize());
    watch.observe(host);
    return () => {
      watch.disconnect();
      setMap(undefined);
      made.remove();
    };
  }, [layers, tokens, scale, lang, still, states]);

  useStates(map, states, tile);

  useEffect(() => {
    map?.getCanvas().setAttribute('aria-label', label);
  }, [map, label]);

  const bounds = useMemo(() => boundsOf(layers), [layers]);
  if (hasFailed) return <Empty title={t('map.failed')} hint={t('map.failedHint')} />;
  return (
    <div className={mapCss.map}>
      <div ref={box} className={mapCss.mapBox} />
      {map && <Pins map={map} pins={pins} />}
      {map && picked && tile && (
        <Place
          key={picked.key}
          map={map}
          picked={picked}
          tile={tile}
          onOpen={onOpen}
          onClose={() => setPicked(undefined)}
        />
      )}
      <div className={mapCss.zoom}>
        <button type="button" aria-label={t('map.zoomIn')} onClick={() => map?.zoomIn({ animate: !still })}>
          +
        </button>
        <button type="button" aria-label={t('map.zoomOut')} onClick={() => map?.zoomOut({ animate: !still })}>
          −
        </button>
        <button
          type="button"
          aria-label={t('map.fit')}
          onClick={() => bounds && map?.fitBounds(bounds, { padding: paddingOf(scale), animate: !still })}
        >
          ⤢
        </button>
      </div>
    </div>
  );
}

/** What a clicked place says: its figures with their state, and the way to where they come from. */
function Place({
  map,
  picked,
  tile,
  onOpen,
  onClose,
}: {
  map: MapLibre;
  picked: Picked;
  tile: Tile;
  onOpen: (tile: string) => void;
  onClose: () => void;
}) {
  const { t } = useTranslation('cockpit');
  const say = useSay();
  const lang = useLang();
  const { x, y } = map.project(picked.point);
  const reading = tile.answer ? readAnswer(tile.answer, lang) : undefined;
  const row = reading?.dimensions[0]?.values.findIndex((value) => String(value) === picked.key) ?? -1;
  const [first] = reading?.metrics ?? [];
  const state = first && row >= 0 ? stateOf(tile.states, numberAt(first, row)) : undefined;
  return (
    <div className={mapCss.place} role="dialog" aria-label={picked.key} style={{ left: x, top: y }}>
      <p>
        <b>{picked.key}</b> {state && say(state.title)}
        <button type="button" aria-label={t('close')} onClick={onClose}>
          ×
        </button>
      </p>
      <dl>
        {reading?.metrics.map((field) => (
          <div key={field.column.name}>
            <dt>{field.title}</dt>
            <dd>{row >= 0 ? figure(field, numberAt(field, row), lang) : t('noData')}</dd>
          </div>
        ))}
      </dl>
      <button type="button" className={css.plain} onClick={() => onOpen(tile.name)}>
        {t('source')}
      </button>
    </div>
  );
}

/** Colours and widens the features whose value changed; the others are left alone. */
function useStates(map: MapLibre | undefined, source: string | undefined, tile: Tile | undefined): void {
  const shown = useRef<{ map: MapLibre | undefined; tones: Map<string, string> }>({ map, tones: new Map() });
  useEffect(() => {
    if (!map || !source) return;
    if (shown.current.map !== map) shown.current = { map, tones: new Map() };
    const before = shown.current.tones;
    const now = new Map<string, string>();
    const { dimensions, metrics } = tile?.answer ? readAnswer(tile.answer, 'zh') : { dimensions: [], metrics: [] };
    const [keys] = dimensions;
    const [field] = metrics;
    keys?.values.forEach((key, row) => {
      const state = field && tile ? stateOf(tile.states, numberAt(field, row)) : undefined;
      if (!state) return;
      now.set(String(key), state.tone);
      if (before.get(String(key)) !== state.tone)
        map.setFeatureState({ source, id: String(key) }, { colour: colourOf(state.tone), width: widthOf(state.tone) });
    });
    for (const key of before.keys()) if (!now.has(key)) map.removeFeatureState({ source, id: key });
    shown.current.tones = now;
  }, [map, source, tile]);
}

function paddingOf(scale: number): number {
  return 26 * scale;
}

/** A finger's or pointer's width around a click. */
function around({ x, y }: { x: number; y: number }): [[number, number], [number, number]] {
  return [
    [x - 6, y - 6],
    [x + 6, y + 6],
  ];
}

function draw(
  host: HTMLElement,
  layers: readonly GroundLayer[],
  style: ReturnType<typeof lookOf>,
  scale: number,
  still: boolean,
) {
  const bounds = boundsOf(layers);
  const made = new MapLibre({
    container: host,
    style,
    ...(bounds ? { bounds, fitBoundsOptions: { padding: paddingOf(scale) } } : {}),
    attributionControl: false,
    localIdeographFontFamily: FONT,
    fadeDuration: still ? 0 : 200,
    canvasContextAttributes: { preserveDrawingBuffer: navigator.webdriver, antialias: true },
    dragRotate: false,
    pitchWithRotate: false,
    maxPitch: 0,
    scrollZoom: window.innerWidth > 720,
  });
  made.touchZoomRotate.disableRotation();
  return made;
}
