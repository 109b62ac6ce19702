/** Orders by district, the worst first: beside the map, and instead of it where none can be drawn. */
import { Button } from 'antd';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useSay } from '../../i18n/texts';
import { Words } from '../../ui/Words';
import css from './ordersMap.module.css';
import { useClockWords, usePlaceWords } from './Parts';
import { byArea, countsOf, type Placed } from './places';
import { Sign } from './Sign';

interface PlaceListProps {
  all: readonly Placed[];
  /** Whether these are the orders of one pin only. */
  isPicked: boolean;
  areaTitle: (key: string) => string;
  onOpen: (order: { number: string }) => void;
  /** Says which order is pointed at or focused; '' for none. */
  onPoint: (number: string) => void;
  onAll: () => void;
}

export function PlaceList({ all, isPicked, areaTitle, onOpen, onPoint, onAll }: PlaceListProps) {
  const { t } = useTranslation('workorders');
  const say = useSay();
  const clock = useClockWords();
  const place = usePlaceWords();
  const head = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (isPicked) head.current?.focus();
  }, [isPicked]);
  return (
    <>
      {isPicked && (
        <p className={css.picked} ref={head} tabIndex={-1}>
          {t('map.here', { count: all.length })}
          <Button size="small" onClick={onAll}>
            {t('map.all')}
          </Button>
        </p>
      )}
      {byArea(all).map(([area, orders]) => (
        <section key={area} className={css.area} aria-label={area ? areaTitle(area) : t('map.elsewhere')}>
          <h3>
            {area ? areaTitle(area) : t('map.elsewhere')}
            <span className={css.counts}>
              {countsOf(orders).map(([state, count]) => (
                <span key={state} className={css.part} title={t(`standing.${state}`)}>
                  <Sign of={state} />
                  <span className="number">{count}</span>
                  <span className="unseen">{t(`standing.${state}`)}</span>
                </span>
              ))}
            </span>
          </h3>
          <ul>
            {orders.map(({ order, state }) => (
              <li key={order.number}>
                <button
                  type="button"
                  className={css.order}
                  onClick={() => onOpen(order)}
                  onMouseEnter={() => onPoint(order.number)}
                  onMouseLeave={() => onPoint('')}
                  onFocus={() => onPoint(order.number)}
                  onBlur={() => onPoint('')}
                >
                  <Sign of={state} />
                  <span className={css.words}>
                    <span className={css.title} dir="auto">
                      <Words of={say(order.title, order.number)} />
                    </span>
                    <span className={css.note}>
                      {[t(`standing.${state}`), clock(order), place(order), order.number].filter(Boolean).join(' · ')}
                    </span>
                  </span>
                </button>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}
