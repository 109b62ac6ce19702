/** Where something is, in words: departments by their titles, other values as they are. */
import { useDepartment } from '../../../api/departments';

export function usePlaceWords(): (place: Readonly<Record<string, unknown>>) => string {
  const department = useDepartment();
  return (place) =>
    Object.entries(place)
      .map(([dimension, value]) => (dimension.endsWith('department') ? department(String(value)) : String(value)))
      .join(' · ');
}
