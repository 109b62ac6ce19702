/** Orders that are chosen for one verb at once; only what is shown counts, so nothing unseen is ever moved. */
import { useState } from 'react';
import type { Order } from './queries';

export interface Chosen {
  orders: Order[];
  has: (number: string) => boolean;
  toggle: (number: string) => void;
  /** Chooses these and no others. */
  set: (numbers: readonly string[]) => void;
}

export function useChosen(shown: readonly Order[]): Chosen {
  const [numbers, setNumbers] = useState<ReadonlySet<string>>(new Set());
  return {
    orders: shown.filter((each) => numbers.has(each.number)),
    has: (number) => numbers.has(number),
    toggle: (number) =>
      setNumbers((before) => {
        const after = new Set(before);
        if (!after.delete(number)) after.add(number);
        return after;
      }),
    set: (wanted) => setNumbers(new Set(wanted)),
  };
}

/** Whether anything at all may be done to an order by the person. */
export function isChoosable(order: Pick<Order, 'can'>): boolean {
  return order.can.length > 0;
}
