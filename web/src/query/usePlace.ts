/** Where something is, in words: values by their titles, departments by theirs, nothing is the whole city. */
import { useTranslation } from 'react-i18next';
import { useDepartment } from '../api/departments';
import { useLabels, valueWords } from '../api/labels';

export function usePlace(): (place: Readonly<Record<string, unknown>>) => string {
  const { t } = useTranslation('query');
  const value = usePlaceValue();
  return (place) =>
    Object.entries(place)
      .map(([dimension, each]) => value(dimension, each))
      .join(' · ') || t('everywhere');
}

/** Returns `value(dimension, value)`: one part of a place in words. */
export function usePlaceValue(): (dimension: string, value: unknown) => string {
  const department = useDepartment();
  const { ofDimension } = useLabels();
  return (dimension, value) => valueWords(dimension, value, { department, ofDimension });
}
