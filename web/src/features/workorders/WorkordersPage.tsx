import { Soon } from '../../ui/Soon';

export function WorkordersPage() {
  return <Soon name="workorders" />;
}
