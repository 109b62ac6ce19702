/** Whether the window is as narrow as a phone, for what CSS alone cannot do (fewer columns of a table). */
import { useSyncExternalStore } from 'react';

const narrow = window.matchMedia('(max-width: 720px)');

export function useNarrow(): boolean {
  return useSyncExternalStore(
    (notify) => {
      narrow.addEventListener('change', notify);
      return () => narrow.removeEventListener('change', notify);
    },
    () => narrow.matches,
  );
}
