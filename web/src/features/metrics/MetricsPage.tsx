import { Soon } from '../../ui/Soon';

export function MetricsPage() {
  return <Soon name="metrics" />;
}
