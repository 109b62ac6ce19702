import { expect, it } from 'vitest';
import { TOKENS } from '../theme/tokens';
import { classOf, statesOf, stepsOf } from './classes';

const words = (from: number, to: number, place: number) => `${place}:${from}-${to}`;

it('makes five classes of as many places each', () => {
  const classes = stepsOf([9, 1, 3, 2, 5, 4, 8, 6, 7, 10], TOKENS.light, words);
  expect(classes.map((each) => each.words)).toEqual(['0:1-2', '1:3-4', '2:5-6', '3:7-8', '4:9-10']);
  expect(new Set(classes.map(({ colour }) => colour)).size).toBe(5);
  expect(classes.map(({ width }) => width)).toEqual(classes.map(({ width }) => width).toSorted((a, b) => a - b));
});

it('makes fewer classes where figures repeat, and one in the middle where all are equal', () => {
  expect(stepsOf([4, 4, 4], TOKENS.dark, words).map((each) => each.words)).toEqual(['2:4-4']);
  expect(stepsOf([1, 1, 1, 9], TOKENS.dark, words).map((each) => each.words)).toEqual(['0:1-1', '4:9-9']);
  expect(stepsOf([], TOKENS.dark, words)).toEqual([]);
});

it('puts each figure into its class and none into none', () => {
  const classes = stepsOf([1, 2, 3, 4, 5], TOKENS.light, words);
  expect([1, 2.5, 99, null].map((value) => classOf(classes, value)?.id)).toEqual(['0', '1', '4', undefined]);
});

it('draws the more serious state wider, whichever way the figures run', () => {
  const states = statesOf(
    [
      { words: '拥堵', tone: 'bad' },
      { from: 30, words: '缓行', tone: 'warning' },
      { from: 50, words: '畅通', tone: 'good' },
    ],
    TOKENS.light,
  );
  expect([12, 30, 80].map((value) => classOf(states, value)?.words)).toEqual(['拥堵', '缓行', '畅通']);
  const [jam, slow, free] = states;
  expect([jam, slow, free].map((each) => each?.width)).toEqual([4, 3, 1.25]);
});
