/** Where a person stands on the guided tour of the loop; kept on this device, so that it can go on another day. */
import { useSyncExternalStore } from 'react';

/** The steps and the pages they show: `demo` in the demo city, `closed` to whoever sees no orders. */
export const STEPS = [
  { key: 'sources', to: '/sources' },
  { key: 'quarantine', to: '/datasets', demo: '/datasets/detector_readings?tab=quarantine' },
  { key: 'metrics', to: '/metrics', demo: '/metrics/average_speed' },
  { key: 'ask', to: '/ask' },
  { key: 'alerts', to: '/alerts' },
  { key: 'orders', to: '/workorders', closed: '/metrics/order_handling_minutes' },
  { key: 'records', to: '/datasets/orders' },
] as const;

export interface Tour {
  /** Index of the step that is, or was last, shown. */
  step: number;
  isOpen: boolean;
  /** It was finished or declined: nobody is invited any more. */
  isKnown: boolean;
}

const KEY = 'cityloop.tour';
const NEW: Tour = { step: 0, isOpen: false, isKnown: false };
const listeners = new Set<() => void>();
let tour = stored();

export function useTour(): Tour {
  return useSyncExternalStore(listen, () => tour);
}

export function changeTour(change: Partial<Tour>): void {
  tour = { ...tour, ...change };
  localStorage.setItem(KEY, JSON.stringify(tour));
  for (const notify of listeners) notify();
}

function listen(notify: () => void): () => void {
  listeners.add(notify);
  return () => listeners.delete(notify);
}

function stored(): Tour {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}');
    if (typeof found !== 'object' || found === null) return NEW;
    const step = 'step' in found && typeof found.step === 'number' && found.step in STEPS ? found.step : 0;
    return {
      step,
      isOpen: 'isOpen' in found && found.isOpen === true,
      isKnown: 'isKnown' in found && found.isKnown === true,
    };
  } catch {
    return NEW;
  }
}
