import { Soon } from '../../ui/Soon';

export function CataloguePage() {
  return <Soon name="catalogue" />;
}
