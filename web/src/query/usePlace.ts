/** Where something is, in words: departments by their titles, other values as they are, nothing is the whole city. */
import { useTranslation } from 'react-i18next';
import { useDepartment } from '../api/departments';

export function usePlace(): (place: Readonly<Record<string, unknown>>) => string {
  const { t } = useTranslation('alerts');
  const department = useDepartment();
  return (place) =>
    Object.entries(place)
      .map(([dimension, value]) =>
        dimension.endsWith('department') ? department(String(value)) : String(value ?? '–'),
      )
      .join(' · ') || t('everywhere');
}
