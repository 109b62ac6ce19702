/** What is going on, as far as the person may see it; live news fetches it anew. */
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useSeesOrders } from '../../../api/session';
import { type Item, itemsOf } from './items';
import { alertsQuery, endedAlertsQuery, openAlertsQuery, ordersQuery } from './queries';

/** Undefined until all that the person may see is there: half of it would look like all of it. */
export function useItems(): { items: Item[] | undefined; hasFailed: boolean } {
  const enabled = useSeesOrders();
  const orders = useQuery({ ...ordersQuery, enabled });
  const open = useQuery(openAlertsQuery);
  const ended = useQuery(endedAlertsQuery);
  const alerts = useQuery(alertsQuery);
  const hasFailed = !(open.data && (orders.data || !enabled)) && (open.isError || orders.isError);
  const items = useMemo(() => {
    if (!open.data || (enabled && !orders.data)) return undefined;
    const titles = new Map(alerts.data?.map(({ definition }) => [definition.name, definition.title]));
    return itemsOf(orders.data ?? [], [...open.data, ...(ended.data ?? [])], titles);
  }, [enabled, orders.data, open.data, ended.data, alerts.data]);
  return { items, hasFailed };
}
