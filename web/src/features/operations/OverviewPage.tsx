import { Soon } from '../../ui/Soon';

export function OverviewPage() {
  return <Soon name="overview" />;
}
