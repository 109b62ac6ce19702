/** Roles and permissions in words. */
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { rolesQuery } from '../../api/roles';
import { useSay } from '../../i18n/texts';

export function useRoleWords() {
  const { t } = useTranslation('people');
  const say = useSay();
  const { data: all = [] } = useQuery(rolesQuery);
  return {
    role: (name: string) => say(all.find((each) => each.name === name)?.title, name),
    permission: (name: string) =>
      name === '*' ? t('permission.all') : t(`permission.${name}`, { defaultValue: name }),
    permissionsOf: (name: string) => all.find((each) => each.name === name)?.permissions ?? [],
    choices: all.map((each) => ({ value: each.name, label: say(each.title, each.name) })),
  };
}
