import { expect, it } from 'vitest';
import { cut, isLoose, withInstead, without } from './words';

const chip = { text: '最近7天', kind: 'time', name: '', meaning: { zh: '', en: '' }, assumed: false };

it('leaves a piece out and closes the gap', () => {
  expect(without('最近7天各区的就诊人次', '最近7天')).toBe('各区的就诊人次');
  expect(without('最近7天各区的就诊人次', '各区')).toBe('最近7天的就诊人次');
  expect(without('visits by district this month', 'by district')).toBe('visits this month');
});

it('puts another piece in its place, or in front', () => {
  expect(withInstead('最近7天各区的就诊人次', '最近7天', '本月')).toBe('本月各区的就诊人次');
  expect(withInstead('就诊人次', '', '本月')).toBe('本月就诊人次');
});

it('marks what was not read', () => {
  expect(cut('高新区为什么下降', ['为什么'])).toEqual([
    { words: '高新区', isMarked: false },
    { words: '为什么', isMarked: true },
    { words: '下降', isMarked: false },
  ]);
  expect(cut('a (b', ['('])).toHaveLength(3);
});

it('offers to leave out only what was written and can be missed', () => {
  expect(isLoose(chip, '最近7天各区')).toBe(true);
  expect(isLoose({ ...chip, assumed: true }, '最近7天各区')).toBe(false);
  expect(isLoose({ ...chip, kind: 'metric' }, '最近7天各区')).toBe(false);
});
