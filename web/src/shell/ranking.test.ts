import { expect, it } from 'vitest';
import { arranged, CLOSENESS, closeness, nearest } from './ranking';

const page = (name: string, title: string) => ({ kind: 'pages', name, title });
const command = (name: string, title: string) => ({ kind: 'commands', name, title });
const thing = (kind: string, title: string) => ({ kind, title });

it('tells the same, a beginning, a word, an inside and other words apart', () => {
  const of = (text: string, ...names: string[]) => closeness(text, names);
  expect(of('PM2.5', 'pm25', 'pm2.5')).toBe(CLOSENESS.same);
  expect(of('工', '工单')).toBe(CLOSENESS.begins);
  expect(of('speed', 'average_speed')).toBe(CLOSENESS.word);
  expect(of('车速', '平均车速')).toBe(CLOSENESS.inside);
  expect(of('告警数', '预警次数', 'alert_count')).toBe(CLOSENESS.elsewhere);
});

it('takes the nearest of what was found and leaves equals in their order', () => {
  const all = ['low speeds', 'average_speed', 'speed', 'speed_limit', 'limits of speed'];
  expect(nearest('speed', all, (each) => [each])).toEqual([
    'speed',
    'speed_limit',
    'low speeds',
    'average_speed',
    'limits of speed',
  ]);
});

it('puts pages that begin so first, then dashboards, metrics, datasets, orders, then the rest', () => {
  const own = [page('ask', '智能工具'), page('workorders', '工单'), command('dark', '换工作模式')];
  const kinds = [
    'ask',
    'sources',
    'workorders',
    'datasets',
    'alerts',
    'metrics',
    'people',
    'definitions',
    'dashboards',
  ];
  const found = arranged(
    '工',
    own,
    kinds.map((kind) => thing(kind, `工 ${kind}`)),
  );
  expect(found.map((each) => each.kind)).toEqual([
    'pages',
    'pages',
    'dashboards',
    'metrics',
    'datasets',
    'workorders',
    'alerts',
    'sources',
    'people',
    'definitions',
    'commands',
    'ask',
  ]);
  expect(found[0]?.title).toBe('工单');
});

it('puts pages in which it only occurs behind the things that were found', () => {
  const found = arranged(
    '盘',
    [page('dashboards', '仪表盘')],
    [thing('ask', '问数：“盘”'), thing('dashboards', '运行盘')],
  );
  expect(found.map((each) => each.kind)).toEqual(['dashboards', 'pages', 'ask']);
});

it('offers everything of its own, pages first, before anything is typed', () => {
  const own = [command('dark', '深色'), page('overview', '总览'), page('cockpit', '驾驶舱')];
  expect(arranged('', own, []).map((each) => each.title)).toEqual(['总览', '驾驶舱', '深色']);
});
