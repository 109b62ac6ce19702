/** How serious something is: a shape of its own, a colour, and (beside it) the word. */
import type { Severity } from './items';
import mapCss from './map.module.css';

const SHAPES: Record<Severity, string> = {
  critical: 'M8 .8 15.2 8 8 15.2.8 8Z', // diamond
  warning: 'M8 1.4 15.4 14.6H.6Z', // triangle
  info: 'M8 1.5a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13Z', // circle
};

export function Sign({ severity, isOver = false }: { severity: Severity; isOver?: boolean }) {
  return (
    <svg viewBox="0 0 16 16" className={mapCss.sign} data-severity={isOver ? 'over' : severity} aria-hidden="true">
      <path d={SHAPES[severity]} />
    </svg>
  );
}
