import { describe, expect, it } from 'vitest';
import { ALARM_GROUND, type ThemeName, TOKENS } from './tokens';

const NAMES: ThemeName[] = ['light', 'dark', 'cockpit'];

describe.each(NAMES)('%s', (name) => {
  const t = TOKENS[name];
  // The cockpit's panels are see-through: what lies below them is the page.
  const panel = name === 'cockpit' ? t.page : t.panel;

  it('reads at 4.5:1 wherever text stands', () => {
    const pairs: [string, string, string][] = [
      ...[t.text, t.text2, t.text3, t.link, t.successText, t.warningText, t.errorText].flatMap(
        (text): [string, string, string][] => [
          ['panel', text, panel],
          ['page', text, t.page],
          ['sunken', text, t.sunken],
          ['hover', text, t.hover],
        ],
      ),
      ['primary', t.onPrimary, t.primary],
      ['primary hover', t.onPrimary, t.primaryHover],
      ['alarm', '#FFFFFF', ALARM_GROUND],
      ['success tag', t.successText, t.successSoft],
      ['warning tag', t.warningText, t.warningSoft],
      ['error tag', t.errorText, t.errorSoft],
      ['info tag', t.link, t.infoSoft],
      ['neutral tag', t.text2, t.neutralSoft],
      ['selected', t.link, t.selected],
      ['side', t.sideText, t.side],
      ['side groups', t.sideText2, t.side],
      ['side hover', t.sideText, t.sideHover],
      ['side selected', t.onPrimary, t.sideSelected],
    ];
    const faint = pairs.filter(([, text, ground]) => contrast(text, ground) < 4.5);
    expect(faint.map(([where, text, ground]) => `${where} ${text} on ${ground} ${contrast(text, ground)}`)).toEqual([]);
  });

  it('shows series at 3:1 against the panel', () => {
    expect(t.series.filter((colour) => contrast(colour, panel) < 2.95)).toEqual([]);
  });
});

function contrast(a: string, b: string): number {
  const [dark = 0, bright = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (bright + 0.05) / (dark + 0.05);
}

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
