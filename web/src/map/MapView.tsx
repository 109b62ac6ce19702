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
    /** Set once the map has drawn everything; tests wait for it. */
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
  /** Words when a feature is clicked; layers by their id. */
  popups?: Readonly<Record<string, (properties: Properties) => PopupWords>>;
  onSelect?: (layer: string, properties: Properties) => void;
  /** Room that panels take, px. */
  padding?: number | { top: number; right: number; bottom: number; left: number };
  /** Legend and notices, below the map at the left. */
  legend?: ReactNode;
}

const PADDING = 24;

export function MapView(props: MapViewProps) {
  const { layers, label, height = 360, legend } = props;
  const { t } = useTranslation('ui');
  const { tokens } = useTheme();
  const still = useStill();
  const box = useRef<HTMLDivElement>(null);
  const map = useRef<MapLibre>(null);
  const now = useRef(props);
  now.current = props;
  const look = useRef(tokens);
  look.current = tokens;
  const [hasFailed, setFailed] = useState(false);

  useEffect(() => {
    const host = box.current;
    if (!host) return undefined;
    window.__mapReady = false;
    let made: MapLibre;
    try {
      made = drawMap(host, now.current, look.current, still);
    } catch {
      setFailed(true); // no WebGL here
      return undefined;
    }
    map.current = made;
    made.on('idle', () => {
      window.__mapReady = true;
    });
    const popup = new Popup({ closeButton: false, maxWidth: '280px', className: css.popup ?? '' });
    made.on('click', (event) => tell(made, popup, event, now.current));
    made.on('mousemove', (event) => {
      const isOver = clickable(now.current).length > 0 && featureAt(made, event.point, now.current) !== undefined;
      made.getCanvas().style.cursor = isOver ? 'pointer' : '';
    });
    const watch = new ResizeObserver(() => made.resize());
    watch.observe(host);
    return () => {
      watch.disconnect();
      map.current = null;
      made.remove();
    };
  }, [still]);

  useEffect(() => {
    window.__mapReady = false;
    map.current?.setStyle(styleOf(layers, tokens), { diff: true });
  }, [layers, tokens]);

  useEffect(() => {
    map.current?.getCanvas().setAttribute('aria-label', label);
  }, [label]);

  if (hasFailed) return <Empty title={t('map.failed')} hint={t('map.failedHint')} />;
  const fit = () => {
    const bounds = boundsOf(layers);
    if (bounds) map.current?.fitBounds(bounds, { padding: props.padding ?? PADDING, animate: !still });
  };
  return (
    <div className={css.box} style={{ height }}>
      <div ref={box} className={css.map} />
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
      {legend && <div className={css.legend}>{legend}</div>}
    </div>
  );
}

function drawMap(host: HTMLElement, props: MapViewProps, tokens: Parameters<typeof styleOf>[1], still: boolean) {
  const bounds = boundsOf(props.layers);
  const made = new MapLibre({
    container: host,
    style: styleOf(props.layers, tokens),
    ...(bounds ? { bounds, fitBoundsOptions: { padding: props.padding ?? PADDING } } : {}),
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

function tell(map: MapLibre, popup: Popup, event: MapMouseEvent, props: MapViewProps): void {
  const found = featureAt(map, event.point, props);
  popup.remove();
  if (!found) return;
  const words = props.popups?.[found.layer.id]?.(found.properties);
  if (words) popup.setLngLat(event.lngLat).setDOMContent(popupOf(words)).addTo(map);
  props.onSelect?.(found.layer.id, found.properties);
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
