/** What is going on, as far as the person may see it; live news fetches it anew. */
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useMay } from '../../../api/session';
import { type Item, itemsOf } from './items';
import { alertsQuery, endedAlertsQuery, openAlertsQuery, ordersQuery } from './queries';

/** Whether the person may see work orders at all. */
export function useSeesOrders(): boolean {
  const may = useMay();
  return ['orders.view', 'orders.handle', 'orders.dispatch'].some(may);
}

export function useItems(): Item[] | undefined {
  const enabled = useSeesOrders();
  const orders = useQuery({ ...ordersQuery, enabled });
  const open = useQuery(openAlertsQuery);
  const ended = useQuery(endedAlertsQuery);
  const alerts = useQuery(alertsQuery);
  return useMemo(() => {
    if (open.isPending || (enabled && orders.isPending)) return undefined;
    const titles = new Map(alerts.data?.map(({ definition }) => [definition.name, definition.title]));
    return itemsOf(orders.data ?? [], [...(open.data ?? []), ...(ended.data ?? [])], titles);
  }, [enabled, orders.isPending, orders.data, open.isPending, open.data, ended.data, alerts.data]);
}
