import { describe, expect, it } from 'vitest';
import { runsOf } from './spoken';

describe('parts in the other language', () => {
  it.each([
    ['Traffic', [{ words: 'Traffic' }]],
    ['', [{ words: '' }]],
    ['云江大道', [{ words: '云江大道', lang: 'zh' }]],
    ['Congestion · 云江大道', [{ words: 'Congestion · ' }, { words: '云江大道', lang: 'zh' }]],
    ['望江街道3号院 · 临湖区', [{ words: '望江街道3号院 · 临湖区', lang: 'zh' }]],
    ['G25高速 3 lanes', [{ words: 'G25' }, { words: '高速', lang: 'zh' }, { words: ' 3 lanes' }]],
    ['梅晓 closed 路灯', [{ words: '梅晓', lang: 'zh' }, { words: ' closed ' }, { words: '路灯', lang: 'zh' }]],
  ])('tells Chinese apart on an English page: %s', (text, runs) => {
    expect(runsOf(text, 'en')).toEqual(runs);
  });

  it.each([
    ['云江大道', [{ words: '云江大道' }]],
    ['Broken street lamp', [{ words: 'Broken street lamp', lang: 'en' }]],
    ['PM2.5', [{ words: 'PM2.5' }]],
    ['12 km/h', [{ words: '12 km/h' }]],
    ['启用 dark 模式', [{ words: '启用 dark 模式' }]],
  ])('marks what is English altogether on a Chinese page: %s', (text, runs) => {
    expect(runsOf(text, 'zh')).toEqual(runs);
  });

  it('loses no character', () => {
    for (const text of ['a云b江 c', '（云江）', '云江，road 2 大道。'])
      expect(
        runsOf(text, 'en')
          .map(({ words }) => words)
          .join(''),
      ).toBe(text);
  });
});
