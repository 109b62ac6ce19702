/** What is open, at its place: shape, colour, word and number; a click lists it with its links. */
import type { Map as MapLibre } from 'maplibre-gl';
import { useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApart, useFollow } from '../../../map/pins';
import pinsCss from '../../../map/pins.module.css';
import { ItemLink, useItemWords } from './ItemLink';
import { joined, type Pin } from './items';
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
  const points = useMemo(() => groups.map(({ point }) => point), [groups]);
  useFollow(map, list, points);
  return (
    <ul className={pinsCss.pins} ref={list} aria-label={t('pins')}>
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

/** Pins that stand apart at the present zoom; the most serious come first, as they were given. */
function useGroups(map: MapLibre, pins: readonly Pin[]): readonly Pin[] {
  const scale = useScale();
  const size = { width: Math.max(70, ROOM.width * scale), height: Math.max(34, ROOM.height * scale) };
  const groups = useApart(map, pins, size);
  return useMemo(() => groups.map(joined), [groups]);
}
