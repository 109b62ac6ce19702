/** A number that walks to its new value in a moment, so that a change is seen; at once where motion is not wanted. */
import { useEffect, useRef, useState } from 'react';
import { useStill } from '../../../theme/mode';

const WALK_MS = 450;

export function useCounting(value: number | null): number | null {
  const still = useStill();
  const [shown, setShown] = useState(value);
  const now = useRef(value);
  useEffect(() => {
    const from = now.current;
    if (value === null || from === null || still || document.hidden) {
      now.current = value;
      setShown(value);
      return undefined;
    }
    const began = performance.now();
    let frame = 0;
    const step = (at: number) => {
      const share = Math.min(1, Math.max(0, (at - began) / WALK_MS));
      now.current = share === 1 ? value : from + (value - from) * (1 - (1 - share) ** 3);
      setShown(now.current);
      if (share < 1) frame = requestAnimationFrame(step);
    };
    if (from !== value) frame = requestAnimationFrame(step);
    return () => cancelAnimationFrame(frame);
  }, [value, still]);
  return shown;
}
