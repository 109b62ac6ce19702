/** Where an order stands, as a shape: an empty, half, nearly full, full circle; a diamond when late. The word stands beside it. */
import type { ReactNode } from 'react';
import type { Standing } from './clock';
import css from './sign.module.css';

const RING = <circle cx="8" cy="8" r="6" />;
const SHAPES: Record<Standing, ReactNode> = {
  late: (
    <>
      <path d="M8 .5 15.5 8 8 15.5.5 8Z" className={css.full} />
      <path d="M8 4.6v4M8 11.2v.1" className={css.cut} />
    </>
  ),
  open: RING,
  accepted: (
    <>
      {RING}
      <path d="M8 4.6a3.4 3.4 0 0 1 0 6.8Z" className={css.full} />
    </>
  ),
  review: (
    <>
      {RING}
      <path d="M8 8V4.6A3.4 3.4 0 1 1 4.6 8Z" className={css.full} />
    </>
  ),
  finished: (
    <>
      <circle cx="8" cy="8" r="7" className={css.full} />
      <path d="m5 8.2 2.1 2.1L11 6.2" className={css.cut} />
    </>
  ),
  cancelled: (
    <>
      <circle cx="8" cy="8" r="7" className={css.full} />
      <path d="m5.8 5.8 4.4 4.4m0-4.4-4.4 4.4" className={css.cut} />
    </>
  ),
};

export function Sign({ of, bare }: { of: Standing; bare?: boolean }) {
  return (
    <svg viewBox="0 0 16 16" className={`${css.sign} ${bare ? '' : css[of]}`} aria-hidden="true">
      {SHAPES[of]}
    </svg>
  );
}
