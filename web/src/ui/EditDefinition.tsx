/** The one way from a thing's page to its definition: to edit for those who may apply, to read for those who may look. */
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useMay } from '../api/session';

export function EditDefinition({ kind, name }: { kind: string; name: string }) {
  const { t } = useTranslation('ui');
  const may = useMay();
  if (!may('definitions.view')) return null;
  return (
    <Link to="/definitions/$kind/$name" params={{ kind, name }} search={{}}>
      {t(may('definitions.apply') ? 'edit.edit' : 'edit.view')}
    </Link>
  );
}
