/** Undo and redo over the steps of this page in the browser's history; never out of the page. */
import { useLocation, useRouter } from '@tanstack/react-router';
import { useState } from 'react';

export function useSteps(): { undo: (() => void) | undefined; redo: (() => void) | undefined } {
  const router = useRouter();
  const { state, href } = useLocation();
  const at = state.__TSR_index;
  const [first, setFirst] = useState(at);
  const [last, setLast] = useState({ at, href });
  if (at < first) setFirst(at);
  if (at > last.at) setLast({ at, href });
  return {
    undo: at > first ? () => router.history.back() : undefined,
    redo: at < last.at ? () => router.history.forward() : undefined,
  };
}
