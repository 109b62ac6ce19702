/** What to do with several orders at once: a bar that stays in sight, and a box to tick on each order. */
import { Button } from 'antd';
import { lazy, Suspense, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useShortcut } from '../../ui/shortcuts';
import type { BulkVerb } from './BulkDialog';
import css from './bulk.module.css';
import type { Order } from './queries';
import type { Chosen } from './useChosen';

const BulkDialog = lazy(() => import('./BulkDialog').then((found) => ({ default: found.BulkDialog })));
const VERBS = ['accept', 'transfer', 'comment'] as const satisfies readonly BulkVerb[];

export function Bulk({ chosen }: { chosen: Chosen }) {
  const { t } = useTranslation('workorders');
  const bar = useRef<HTMLDivElement>(null);
  const [asking, setAsking] = useState<{ verb: BulkVerb; orders: Order[] }>();
  const count = chosen.orders.length;
  useShortcut('bulk', count > 0 ? () => bar.current?.querySelector('button')?.focus() : undefined);
  return (
    <>
      <p className="unseen" aria-live="polite">
        {count > 0 && t('bulk.chosen', { count })}
      </p>
      {count > 0 && (
        <div className={css.bar} ref={bar} role="toolbar" aria-label={t('bulk.label')}>
          <span className={css.count}>{t('bulk.chosen', { count })}</span>
          {VERBS.map((verb) => (
            <Button key={verb} onClick={() => setAsking({ verb, orders: chosen.orders })}>
              {t(`bulk.${verb}`)}
            </Button>
          ))}
          <Button type="text" onClick={() => chosen.set([])}>
            {t('bulk.clear')}
          </Button>
          <kbd className={css.key} title={t('bulk.jump')}>
            B
          </kbd>
        </div>
      )}
      {asking && (
        <Suspense>
          <BulkDialog
            verb={asking.verb}
            orders={asking.orders}
            onClose={(failed) => {
              setAsking(undefined);
              if (failed) chosen.set(failed);
            }}
          />
        </Suspense>
      )}
    </>
  );
}

/** Neither opens nor drags the order that it stands on. */
export function Tick({ number, chosen }: { number: string; chosen: Chosen }) {
  const { t } = useTranslation('workorders');
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the box inside is what the keyboard uses
    <label
      className={css.tick}
      data-any={chosen.orders.length > 0}
      onClick={(event) => event.stopPropagation()}
      onPointerDown={(event) => event.stopPropagation()}
    >
      <input
        type="checkbox"
        aria-label={t('bulk.choose', { number })}
        checked={chosen.has(number)}
        onChange={() => chosen.toggle(number)}
      />
    </label>
  );
}

/** Ticks all that are shown, or none. */
export function TickAll({ orders, chosen }: { orders: readonly Order[]; chosen: Chosen }) {
  const { t } = useTranslation('workorders');
  const isAll = orders.length > 0 && chosen.orders.length === orders.length;
  return (
    <label className={css.tick} data-any>
      <input
        type="checkbox"
        aria-label={t('bulk.all')}
        checked={isAll}
        ref={(box) => {
          if (box) box.indeterminate = chosen.orders.length > 0 && !isAll;
        }}
        onChange={() => chosen.set(isAll ? [] : orders.map(({ number }) => number))}
      />
    </label>
  );
}
