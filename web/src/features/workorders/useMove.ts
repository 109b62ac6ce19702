/** Moving an order: shown at once on the board, put back with the server's reason when it refuses. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, read } from '../../api/client';
import { useToast, useToldError } from '../../ui/toast';
import type { ColumnName } from './clock';
import type { Board, Order } from './queries';

export type Move =
  | { verb: 'accept' }
  | { verb: 'finish'; result: string; outcome: string | null }
  | { verb: 'transfer'; department: string; reason: string }
  | { verb: 'return' | 'cancel'; reason: string }
  | { verb: 'comment'; text: string };

export interface Moving {
  order: Pick<Order, 'number'>;
  move: Move;
  /** Where the card goes meanwhile. */
  to?: ColumnName;
}

export function useMove() {
  const { t } = useTranslation('workorders');
  const cache = useQueryClient();
  const toast = useToast();
  const tell = useToldError();
  return useMutation({
    mutationFn: ({ order, move }: Moving) => sendMove(order.number, move),
    onMutate: async ({ order, to }: Moving) => {
      await cache.cancelQueries({ queryKey: ['workorders', 'board'] });
      const before = cache.getQueriesData<Board>({ queryKey: ['workorders', 'board'] });
      if (to)
        cache.setQueriesData<Board>(
          { queryKey: ['workorders', 'board'] },
          (board) => board && changed(board, order.number, (each) => ({ ...each, stage: to })),
        );
      return before;
    },
    onSuccess: (order, { move }) => {
      cache.setQueriesData<Board>(
        { queryKey: ['workorders', 'board'] },
        (board) => board && changed(board, order.number, () => order),
      );
      toast(t(`did.${move.verb}`, { number: order.number }));
    },
    onError: (error, _moving, before) => {
      for (const [key, board] of before ?? []) cache.setQueryData(key, board);
      tell(error);
    },
    onSettled: () => cache.invalidateQueries({ queryKey: ['workorders'] }),
  });
}

function changed(board: Board, number: string, change: (order: Order) => Order): Board {
  const swap = (orders: Order[]) => orders.map((each) => (each.number === number ? change(each) : each));
  return {
    open: { ...board.open, orders: swap(board.open.orders) },
    finished: { ...board.finished, orders: swap(board.finished.orders) },
  };
}

/** One verb on one order; the server decides, and writes it down. */
export function sendMove(number: string, move: Move): Promise<Order> {
  const params = { path: { order: number } };
  switch (move.verb) {
    case 'accept':
      return read(api.POST('/api/workorders/{order}/accept', { params, body: {} }));
    case 'finish':
      return read(
        api.POST('/api/workorders/{order}/finish', { params, body: { result: move.result, outcome: move.outcome } }),
      );
    case 'transfer':
      return read(
        api.POST('/api/workorders/{order}/transfer', {
          params,
          body: { department: move.department, reason: move.reason },
        }),
      );
    case 'return':
      return read(api.POST('/api/workorders/{order}/return', { params, body: { reason: move.reason } }));
    case 'cancel':
      return read(api.POST('/api/workorders/{order}/cancel', { params, body: { reason: move.reason } }));
    case 'comment':
      return read(api.POST('/api/workorders/{order}/comment', { params, body: { text: move.text } }));
  }
}
