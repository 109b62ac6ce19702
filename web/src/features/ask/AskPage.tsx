import { Soon } from '../../ui/Soon';

export function AskPage() {
  return <Soon name="ask" />;
}
