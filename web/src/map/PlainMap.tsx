/** A map as plain SVG, for tiles and answers: the same layers as `MapView`, without an engine to load. */
import { type PointerEvent, type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useTheme } from '../theme/mode';
import { centreOf } from './geometry';
import type { MapViewProps, PopupWords, Properties } from './MapView';
import css from './map.module.css';
import {
  alongLine,
  colourOf,
  fitted,
  isNamed,
  type Name,
  type Project,
  pathOf,
  pointsOf,
  sizeOf,
  withRoom,
} from './plane';
import { boundsOf, type MapLayer } from './style';

interface PlainMapProps extends Pick<MapViewProps, 'layers' | 'label' | 'popups' | 'onSelect' | 'legend'> {
  height: number;
}

interface Told {
  x: number;
  y: number;
  words: PopupWords;
}

/** Around what is drawn, px; a legend below takes its own room. */
const MARGIN = 12;
const LABEL_PX = 12;
const LINE_PX = 1;
const POINT_PX = 4;
/** A press that moves less is a click, px. */
const CLICK_PX = 5;
const ZOOMS = [1, 1.6, 2.5, 4];

export function PlainMap({ layers, label, height, popups, onSelect, legend }: PlainMapProps) {
  const { t } = useTranslation('ui');
  const box = useRef<HTMLDivElement>(null);
  const below = useRef<HTMLDivElement>(null);
  const [room, setRoom] = useState<{ width: number; taken: number }>();
  const [zoom, setZoom] = useState(0);
  const [moved, setMoved] = useState({ x: 0, y: 0 });
  const [told, setTold] = useState<Told>();
  const held = useRef<{ x: number; y: number }>(null);
  /** How far the pointer went since it was pressed: who moves the map does not choose what lies below. */
  const went = useRef(0);
  useEffect(() => {
    const measure = () => {
      const taken = below.current ? below.current.offsetHeight + MARGIN : 0;
      if (box.current) setRoom({ width: box.current.clientWidth, taken });
    };
    const watch = new ResizeObserver(measure);
    if (box.current) watch.observe(box.current);
    if (below.current) watch.observe(below.current);
    return () => watch.disconnect();
  }, []);
  const project = useMemo(() => {
    const bounds = boundsOf(layers);
    if (!bounds || !room) return undefined;
    const margin = { top: MARGIN, right: MARGIN, left: MARGIN, bottom: MARGIN + room.taken };
    return fitted(bounds, { width: room.width, height, margin });
  }, [layers, room, height]);
  const factor = ZOOMS[zoom] ?? 1;
  const middle = { x: (room?.width ?? 0) / 2, y: height / 2 };
  const turned = `translate(${middle.x + moved.x} ${middle.y + moved.y}) scale(${factor}) translate(${-middle.x} ${-middle.y})`;
  const point = (event: PointerEvent, layer: MapLayer, properties: Properties) => {
    const words = popups?.[layer.id]?.(properties);
    const frame = box.current?.getBoundingClientRect();
    if (words && frame) setTold({ x: event.clientX - frame.left, y: event.clientY - frame.top, words });
  };
  const drag = (event: PointerEvent) => {
    if (!held.current || factor === 1) return;
    const { x, y } = held.current;
    held.current = { x: event.clientX, y: event.clientY };
    went.current += Math.abs(event.clientX - x) + Math.abs(event.clientY - y);
    setMoved((before) => ({ x: before.x + event.clientX - x, y: before.y + event.clientY - y }));
  };
  const to = (next: number) => {
    setZoom(Math.max(0, Math.min(ZOOMS.length - 1, next)));
    if (next <= 0) setMoved({ x: 0, y: 0 });
  };
  return (
    <div ref={box} className={css.box} style={{ height }} data-map-ready={project !== undefined}>
      {project && room && (
        <svg
          width={room.width}
          height={height}
          role="img"
          aria-label={label}
          className={css.plain}
          data-moves={factor > 1}
          onPointerDown={(event) => {
            held.current = { x: event.clientX, y: event.clientY };
            went.current = 0;
          }}
          onPointerMove={drag}
          onPointerUp={() => {
            held.current = null;
          }}
          onPointerLeave={() => {
            held.current = null;
            setTold(undefined);
          }}
        >
          <g transform={turned}>
            {layers.map((layer) => (
              <Layer
                key={layer.id}
                layer={layer}
                project={project}
                {...(popups?.[layer.id] ? { onPoint: point, onLeave: () => setTold(undefined) } : {})}
                {...(onSelect && popups?.[layer.id]
                  ? {
                      onSelect: (id: string, properties: Properties) =>
                        went.current < CLICK_PX && onSelect(id, properties),
                    }
                  : {})}
              />
            ))}
          </g>
          <Names
            layers={layers}
            project={project}
            room={{ width: room.width, height }}
            place={{ factor, middle, moved }}
          />
        </svg>
      )}
      {told && <Tip {...told} width={room?.width ?? 0} />}
      <div className={css.buttons}>
        <button type="button" aria-label={t('map.zoomIn')} onClick={() => to(zoom + 1)}>
          +
        </button>
        <button type="button" aria-label={t('map.zoomOut')} onClick={() => to(zoom - 1)}>
          −
        </button>
        <button type="button" aria-label={t('map.fit')} onClick={() => to(0)}>
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

interface LayerProps {
  layer: MapLayer;
  project: Project;
  onPoint?: (event: PointerEvent, layer: MapLayer, properties: Properties) => void;
  onLeave?: () => void;
  onSelect?: (layer: string, properties: Properties) => unknown;
}

function Layer({ layer, project, onPoint, onLeave, onSelect }: LayerProps): ReactNode {
  const { tokens } = useTheme();
  const shapes = useMemo(
    () =>
      layer.data.features.map((feature, i) => ({
        key: `${layer.id}-${i}`,
        properties: feature.properties ?? {},
        d: pathOf(feature, project),
        points: pointsOf(feature, project),
      })),
    [layer, project],
  );
  return shapes.map(({ key, properties, d, points }) => {
    const colour = colourOf(layer.colour, properties);
    const acts = {
      ...(onPoint
        ? { onPointerMove: (event: PointerEvent) => onPoint(event, layer, properties), onPointerOut: onLeave }
        : {}),
      ...(onSelect ? { onClick: () => onSelect(layer.id, properties), cursor: 'pointer' } : {}),
      pointerEvents: onPoint ? ('visiblePainted' as const) : ('none' as const),
    };
    if (layer.kind === 'area')
      return (
        <path
          key={key}
          d={d}
          fill={colour}
          fillRule="evenodd"
          fillOpacity={layer.opacity ?? 1}
          vectorEffect="non-scaling-stroke"
          {...(layer.border ? { stroke: layer.border, strokeWidth: 1 } : {})}
          {...acts}
        />
      );
    if (layer.kind === 'line')
      return (
        <path
          key={key}
          d={d}
          fill="none"
          stroke={colour}
          strokeWidth={sizeOf(layer.size, properties, LINE_PX)}
          strokeLinecap="round"
          strokeLinejoin="round"
          vectorEffect="non-scaling-stroke"
          {...acts}
        />
      );
    return points.map(([x, y]) => (
      <circle
        key={`${key}-${x}-${y}`}
        cx={x}
        cy={y}
        r={sizeOf(layer.size, properties, POINT_PX)}
        fill={colour}
        vectorEffect="non-scaling-stroke"
        {...(layer.ring ? { stroke: tokens.panel, strokeWidth: 1.5 } : {})}
        {...acts}
      />
    ));
  });
}

interface NamesProps {
  layers: readonly MapLayer[];
  project: Project;
  room: { width: number; height: number };
  place: { factor: number; middle: { x: number; y: number }; moved: { x: number; y: number } };
}

/** Names keep their size while the map grows, and stand where there is room; those of places come before those of lines. */
function Names({ layers, project, room, place: { factor, middle, moved } }: NamesProps) {
  const { tokens } = useTheme();
  const placed: Project = (position) => {
    const [x, y] = project(position);
    return [middle.x + moved.x + (x - middle.x) * factor, middle.y + moved.y + (y - middle.y) * factor];
  };
  const named = layers.filter(isNamed).toSorted((a, b) => Number(a.kind === 'line') - Number(b.kind === 'line'));
  const names = named.flatMap((layer) =>
    layer.data.features.flatMap((feature, i): Name[] => {
      const words: unknown = feature.properties?.[layer.label ?? ''];
      const centre = layer.kind === 'line' ? undefined : centreOf(feature);
      const stands = layer.kind === 'line' ? alongLine(feature, placed) : centre && { at: placed(centre), turn: 0 };
      if (typeof words !== 'string' || !stands) return [];
      return [{ key: `${layer.id}-${i}`, words, size: layer.labelSize ?? LABEL_PX, ...stands }];
    }),
  );
  return withRoom(names, room).map(({ key, words, at: [x, y], turn, size }) => (
    <text
      key={key}
      x={x}
      y={y}
      transform={`rotate(${turn.toFixed(1)} ${x} ${y})`}
      className={css.name}
      fontSize={size}
      fill={tokens.text}
      stroke={tokens.panel}
    >
      {words}
    </text>
  ));
}

/** Text only, beside the pointer, inside the map. */
function Tip({ x, y, words: { title, lines = [] }, width }: Told & { width: number }) {
  const side = x > width / 2 ? { right: width - x + 12 } : { left: x + 12 };
  return (
    <div className={css.tip} style={{ ...side, top: y + 12 }} role="presentation">
      <strong>{title}</strong>
      <dl>
        {lines.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
