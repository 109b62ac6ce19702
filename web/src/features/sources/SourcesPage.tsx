import { Soon } from '../../ui/Soon';

export function SourcesPage() {
  return <Soon name="sources" />;
}
