import { Soon } from '../../ui/Soon';

export function CockpitPage() {
  return <Soon name="cockpit" />;
}
