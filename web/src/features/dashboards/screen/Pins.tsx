/** What is open, at its place: shape, colour, word and number; a click lists it with its links. */
import type { Map as MapLibre } from 'maplibre-gl';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ItemLink } from './Feed';
import type { Pin } from './items';
import mapCss from './map.module.css';
import { Sign } from './Sign';

export function Pins({ map, pins }: { map: MapLibre; pins: readonly Pin[] }) {
  const { t } = useTranslation('cockpit');
  const list = useRef<HTMLUListElement>(null);
  const [open, setOpen] = useState('');

  // Places follow the map by hand: the list is drawn anew only when what is open changes.
  useEffect(() => {
    const place = () => {
      const nodes = list.current?.children ?? [];
      pins.forEach(({ point }, i) => {
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
  }, [map, pins]);

  return (
    <ul className={mapCss.pins} ref={list} aria-label={t('pins')}>
      {pins.map(({ key, items, severity }) => (
        <li key={key} data-open={key === open}>
          <button
            type="button"
            className={mapCss.pin}
            data-severity={severity}
            aria-expanded={key === open}
            onClick={() => setOpen(key === open ? '' : key)}
          >
            <Sign severity={severity} />
            {t(`severity.${severity}`)}
            {items.length > 1 && <b>{items.length}</b>}
          </button>
          {key === open && (
            <ul className={mapCss.pinItems}>
              {items.slice(0, 6).map((item) => (
                <li key={item.key}>
                  <Sign severity={item.severity} />
                  <ItemLink item={item} />
                  {item.isOverdue && <em>{t('orders.overdue')}</em>}
                </li>
              ))}
              {items.length > 6 && <li>{t('more', { count: items.length - 6 })}</li>}
            </ul>
          )}
        </li>
      ))}
    </ul>
  );
}
