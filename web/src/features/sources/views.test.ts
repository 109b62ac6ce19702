import { expect, it } from 'vitest';
import { secondsOf } from './views';

it('reads written spans', () => {
  expect(['30s', '15m', '1h30m', '2d'].map(secondsOf)).toEqual([30, 900, 5_400, 172_800]);
});
