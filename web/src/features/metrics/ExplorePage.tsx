import { Soon } from '../../ui/Soon';

export function ExplorePage() {
  return <Soon name="explore" />;
}
