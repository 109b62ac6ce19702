import { Soon } from '../../ui/Soon';

export function AlertsPage() {
  return <Soon name="alerts" />;
}
