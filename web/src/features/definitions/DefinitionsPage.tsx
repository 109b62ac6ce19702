import { Soon } from '../../ui/Soon';

export function DefinitionsPage() {
  return <Soon name="definitions" />;
}
