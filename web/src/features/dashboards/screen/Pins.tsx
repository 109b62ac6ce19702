/** What is open, at its place: shape, colour, word and number; a click lists it with its links. */
import type { Map as MapLibre } from 'maplibre-gl';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ItemLink, useItemWords } from './ItemLink';
import { apart, type Pin } from './items';
import mapCss from './map.module.css';
import { Sign } from './Sign';
import { useScale } from './scale';

/** Room that a pin takes with its number, px at a 1440 × 900 window: nearer ones become one pin. */
const ROOM = { width: 84, height: 30 };
const LISTED = 6;

export function Pins({ map, pins }: { map: MapLibre; pins: readonly Pin[] }) {
  const { t } = useTranslation('cockpit');
  const itemWords = useItemWords();
  const list = useRef<HTMLUListElement>(null);
  const [open, setOpen] = useState('');
  const groups = useGroups(map, pins);

  // Places follow the map by hand: the list is drawn anew only when what is open, or the zoom, changes.
  useEffect(() => {
    const place = () => {
      const nodes = list.current?.children ?? [];
      groups.forEach(({ point }, i) => {
        const node = nodes[i];
        const { x, y } = map.project(point);
        if (node instanceof HTMLElement) node.style.transform = `translate(${x}px, ${y}px)`;
      });
    };
    place();
    map.on('move', place);
    map.on('resize', place);
    return () => {
      map.off('move', place);
      map.off('resize', place);
    };
  }, [map, groups]);

  return (
    <ul className={mapCss.pins} ref={list} aria-label={t('pins')}>
      {groups.map(({ key, items, severity }) => (
        <li key={key} data-open={key === open}>
          <button
            type="button"
            className={mapCss.pin}
            data-severity={severity}
            aria-expanded={key === open}
            title={items.slice(0, LISTED).map(itemWords).join('\n')}
            onClick={() => setOpen(key === open ? '' : key)}
          >
            <Sign severity={severity} />
            {t(`severity.${severity}`)}
            {items.length > 1 && <b>{items.length}</b>}
          </button>
          {key === open && (
            <ul className={mapCss.pinItems}>
              {items.slice(0, LISTED).map((item) => (
                <li key={item.key}>
                  <Sign severity={item.severity} />
                  <ItemLink item={item} />
                  {item.isOverdue && <em>{t('orders.overdue')}</em>}
                </li>
              ))}
              {items.length > LISTED && <li>{t('more', { count: items.length - LISTED })}</li>}
            </ul>
          )}
        </li>
      ))}
    </ul>
  );
}

/** Pins that stand apart at the present zoom; moving the map changes nothing between them. */
function useGroups(map: MapLibre, pins: readonly Pin[]): readonly Pin[] {
  const scale = useScale();
  const [zoom, setZoom] = useState(() => map.getZoom());
  useEffect(() => {
    const take = () => setZoom(map.getZoom());
    map.on('zoomend', take);
    return () => {
      map.off('zoomend', take);
    };
  }, [map]);
  return useMemo(() => {
    const size = { width: Math.max(70, ROOM.width * scale), height: Math.max(34, ROOM.height * scale) };
    // Only distances count, and those are the zoom's.
    const world = 512 * 2 ** zoom;
    return apart(pins, (point) => inWorld(point, world), size);
  }, [pins, zoom, scale]);
}

/** Web Mercator, px. */
function inWorld([longitude, latitude]: Pin['point'], world: number): { x: number; y: number } {
  const sine = Math.sin((latitude * Math.PI) / 180);
  return {
    x: (longitude / 360 + 0.5) * world,
    y: (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * world,
  };
}
