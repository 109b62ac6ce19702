/** The map: layers in, nothing from outside. Keyboard: arrows move, + and − zoom, 0 shows all. */
import { Map as MapLibre, type MapMouseEvent, type PointLike, Popup, setWorkerUrl } from 'maplibre-gl';
import 'maplibre-gl/dist/maplibre-gl.css';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useStill, useTheme } from '../theme/mode';
import { FONT } from '../theme/tokens';
import { Empty } from '../ui/StateView';
import css from './map.module.css';
import { boundsOf, type MapLayer, styleOf } from './style';

declare global {
  interface Window {
    /** Set once the map has drawn everything, as is `data-map-ready` on its box; tests wait for it. */
    __mapReady?: boolean;
  }
}

setWorkerUrl(workerUrl);

export type Properties = Record<string, unknown>;

/** What a popup says: a title, then lines of name and value. Text only, so that data cannot inject anything. */
export interface PopupWords {
  title: string;
  lines?: readonly (readonly [name: string, value: string])[];
}

export interface MapViewProps {
  layers: readonly MapLayer[];
  label: string;
  height?: number | string;
  /** Words when a feature is pointed at or clicked; layers by their id. */
  popups?: Readonly<Record<string, (properties: Properties) => PopupWords>>;
  onSelect?: (layer: string, properties: Properties) => void;
  /** Room that panels take, px. */
  padding?: number | { top: number; right: number; bottom: number; left: number };
  /** Legend and notices, below the map at the left. */
  legend?: ReactNode;
  /** Elements above the map, e.g. pins (`map/pins`); the map's own buttons stay above them. */
  overlay?: (map: MapLibre) => ReactNode;
  /** Called where no map can be drawn; the page then offers something else. */
  onFail?: () => void;
}

/** Around what is drawn, px: buttons stand at the right, a legend below. */
const PADDING = { top: 24, right: 56, bottom: 24, left: 24 };
const SMALL_PADDING = { top: 10, right: 48, bottom: 10, left: 10 };
const SMALL_PX = 320;
/** Between the map's border, its legend, and what is drawn. */
const LEGEND_GAP = 12;

export function MapView(props: MapViewProps) {
  const { layers, label, height = 360, legend } = props;
  const { t } = useTranslation('ui');
  const { tokens } = useTheme();
  const still = useStill();
  const box = useRef<HTMLDivElement>(null);
  const below = useRef<HTMLDivElement>(null);
  const map = useRef<MapLibre>(null);
  const now = useRef(props);
  now.current = props;
  const look = useRef(tokens);
  look.current = tokens;
  const shown = useRef([layers, tokens] as const);
  const [hasFailed, setFailed] = useState(false);
  const [drawn, setDrawn] = useState<MapLibre>();

  useEffect(() => {
    const host = box.current;
    if (!host) return undefined;
    setReady(host, false);
    let made: MapLibre;
    try {
      made = drawMap(host, now.current, look.current, { still, legend: below.current });
    } catch {
      setFailed(true); // no WebGL here
      now.current.onFail?.();
      return undefined;
    }
    map.current = made;
    shown.current = [now.current.layers, look.current];
    made.on('idle', () => setReady(host, true));
    made.once('load', () => setDrawn(made));
    const popup = new Popup({ closeButton: false, offset: 10, maxWidth: '280px', className: css.popup ?? '' });
    made.on('click', (event) => {
      const found = tell(made, popup, event, now.current);
      if (found) now.current.onSelect?.(found.layer.id, found.properties);
    });
    made.on('mousemove', (event) => {
      const isOver = tell(made, popup, event, now.current) !== undefined;
      made.getCanvas().style.cursor = isOver && now.current.onSelect ? 'pointer' : '';
    });
    made.on('mouseout', () => popup.remove());
    const watch = new ResizeObserver(() => made.resize());
    watch.observe(host);
    return () => {
      watch.disconnect();
      setDrawn(undefined);
      map.current = null;
      made.remove();
    };
  }, [still]);

  useEffect(() => {
    const [shownLayers, shownTokens] = shown.current;
    if (shownLayers === layers && shownTokens === tokens) return;
    shown.current = [layers, tokens];
    setReady(box.current, false);
    map.current?.setStyle(styleOf(layers, tokens), { diff: map.current.isStyleLoaded() === true });
  }, [layers, tokens]);

  useEffect(() => {
    map.current?.getCanvas().setAttribute('aria-label', label);
  }, [label]);

  if (hasFailed) return <Empty title={t('map.failed')} hint={t('map.failedHint')} />;
  const fit = () => {
    const bounds = boundsOf(layers);
    if (bounds) map.current?.fitBounds(bounds, { padding: paddingOf(props, below.current), animate: !still });
  };
  return (
    <div className={css.box} style={{ height }}>
      <div ref={box} className={css.map} />
      {drawn && props.overlay?.(drawn)}
      <div className={css.buttons}>
        <button type="button" aria-label={t('map.zoomIn')} onClick={() => map.current?.zoomIn()}>
          +
        </button>
        <button type="button" aria-label={t('map.zoomOut')} onClick={() => map.current?.zoomOut()}>
          −
        </button>
        <button type="button" aria-label={t('map.fit')} onClick={fit}>
          ⤢
        </button>
      </div>
      {legend && (
        <div ref={below} className={css.legend}>
          {legend}
        </div>
      )}
    </div>
  );
}

function paddingOf({ padding, height = 360 }: MapViewProps, legend: HTMLElement | null) {
  const room = typeof height === 'number' && height < SMALL_PX ? SMALL_PADDING : PADDING;
  return padding ?? { ...room, bottom: room.bottom + (legend ? legend.offsetHeight + LEGEND_GAP : 0) };
}

function setReady(box: HTMLElement | null, isReady: boolean): void {
  window.__mapReady = isReady;
  if (box) box.dataset.mapReady = String(isReady);
}

function drawMap(
  host: HTMLElement,
  props: MapViewProps,
  tokens: Parameters<typeof styleOf>[1],
  { still, legend }: { still: boolean; legend: HTMLElement | null },
) {
  const bounds = boundsOf(props.layers);
  const made = new MapLibre({
    container: host,
    style: styleOf(props.layers, tokens),
    ...(bounds ? { bounds, fitBoundsOptions: { padding: paddingOf(props, legend) } } : {}),
    attributionControl: false,
    localIdeographFontFamily: FONT,
    fadeDuration: still ? 0 : 200,
    canvasContextAttributes: { preserveDrawingBuffer: navigator.webdriver, antialias: true },
    dragRotate: false,
    pitchWithRotate: false,
    maxPitch: 0,
  });
  made.touchZoomRotate.disableRotation();
  made.getCanvas().setAttribute('aria-label', props.label);
  return made;
}

function clickable({ layers, popups, onSelect }: MapViewProps): string[] {
  return layers.map(({ id }) => id).filter((id) => onSelect || popups?.[id]);
}

function featureAt(map: MapLibre, point: PointLike, props: MapViewProps) {
  const layers = clickable(props).filter((id) => map.getLayer(id));
  return layers.length ? map.queryRenderedFeatures(point, { layers })[0] : undefined;
}

/** Says what is below the pointer and returns it. */
function tell(map: MapLibre, popup: Popup, event: MapMouseEvent, props: MapViewProps) {
  const found = featureAt(map, event.point, props);
  const words = found && props.popups?.[found.layer.id]?.(found.properties);
  if (words) popup.setLngLat(event.lngLat).setDOMContent(popupOf(words)).addTo(map);
  else popup.remove();
  return found;
}

function popupOf({ title, lines = [] }: PopupWords): HTMLElement {
  const box = document.createElement('div');
  const head = document.createElement('strong');
  head.textContent = title;
  const list = document.createElement('dl');
  for (const [name, value] of lines) {
    const term = document.createElement('dt');
    term.textContent = name;
    const said = document.createElement('dd');
    said.textContent = value;
    list.append(term, said);
  }
  box.append(head, list);
  return box;
}
