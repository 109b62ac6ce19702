import { expect, it } from 'vitest';
import { flag, list, oneOf, stateOf, text, viewOf, whole } from './search';

const view = viewOf({
  q: text(),
  tab: oneOf(['all', 'mine'], 'all'),
  page: whole(1),
  tags: list(),
  open: flag(),
});

it('reads what is valid and leaves out what is the default', () => {
  expect(view.read({ q: 'pm', tab: 'all', page: 2, tags: ['a'], open: true, other: 1 })).toEqual({
    q: 'pm',
    page: 2,
    tags: ['a'],
    open: true,
  });
});

it('survives nonsense', () => {
  expect(stateOf(view, { q: { a: 1 }, tab: 'theirs', page: 'x', tags: 'a', open: 7 })).toEqual({
    q: '',
    tab: 'all',
    page: 1,
    tags: [],
    open: false,
  });
});

it('takes a number for a text, as the URL `?q=123` is read', () => {
  expect(stateOf(view, { q: 123 }).q).toBe('123');
});
