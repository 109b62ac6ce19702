import { Soon } from '../../ui/Soon';

export function PeoplePage() {
  return <Soon name="people" />;
}
