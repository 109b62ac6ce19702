import { Soon } from '../../ui/Soon';

export function AuditPage() {
  return <Soon name="audit" />;
}
