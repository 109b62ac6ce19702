/** Whether an element has come into view, so that what it shows is asked for only then. */
import { type RefCallback, useCallback, useState } from 'react';

export function useSeen(): [RefCallback<Element>, boolean] {
  const [isSeen, setSeen] = useState(false);
  const host = useCallback((element: Element | null) => {
    if (!element) return;
    const watch = new IntersectionObserver(([entry]) => {
      if (!entry?.isIntersecting) return;
      setSeen(true);
      watch.disconnect();
    });
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
  return [host, isSeen];
}
