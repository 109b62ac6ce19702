/** Shows an element over the whole screen. */
import { type RefObject, useCallback, useSyncExternalStore } from 'react';

export function useFullScreen(box: RefObject<HTMLElement | null>): [isFull: boolean, toggle: () => void] {
  const isFull = useSyncExternalStore(watch, () => document.fullscreenElement !== null);
  const toggle = useCallback(() => {
    if (document.fullscreenElement) void document.exitFullscreen();
    else void box.current?.requestFullscreen?.();
  }, [box]);
  return [isFull, toggle];
}

function watch(notify: () => void): () => void {
  document.addEventListener('fullscreenchange', notify);
  return () => document.removeEventListener('fullscreenchange', notify);
}
