import { Soon } from '../../ui/Soon';

export function DashboardsPage() {
  return <Soon name="dashboards" />;
}
