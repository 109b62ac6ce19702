/** Every colour of the web app. Nothing outside `theme/` may write one: components use CSS variables or antd tokens. */

export type ThemeName = 'light' | 'dark' | 'cockpit';

export interface Tokens {
  page: string;
  panel: string;
  /** Ground of wells, column heads, code. */
  sunken: string;
  /** Ground below the pointer. */
  hover: string;
  border: string;
  /** Border of controls: 3:1 against the panel (WCAG 1.4.11). */
  outline: string;
  text: string;
  text2: string;
  text3: string;
  /** Fill of the one accent; white text on it reads at 4.5:1. */
  primary: string;
  primaryHover: string;
  /** The accent as text and icon on the panel. */
  link: string;
  onPrimary: string;
  /** Ground of what is selected. */
  selected: string;
  success: string;
  warning: string;
  error: string;
  successText: string;
  warningText: string;
  errorText: string;
  successSoft: string;
  warningSoft: string;
  errorSoft: string;
  infoSoft: string;
  neutralSoft: string;
  side: string;
  sideText: string;
  sideText2: string;
  sideHover: string;
  sideSelected: string;
  sideBorder: string;
  focus: string;
  mask: string;
  shadow: string;
  land: string;
  water: string;
  landLine: string;
  roadLine: string;
  /** Rings around map labels and points. */
  halo: string;
  /** Series that are told apart; the worst pair under colour blindness is ≥ 12.7 apart (OKLab × 100). */
  series: readonly string[];
  /** Everything that is not among the first five series. */
  rest: string;
  /** From little to much. */
  scale: readonly string[];
}

const STATUS = { success: '#0F8A5F', warning: '#C77700', error: '#D1293D' };

const light: Tokens = {
  page: '#F3F5F9',
  panel: '#FFFFFF',
  sunken: '#F6F8FB',
  hover: '#F2F4F9',
  border: '#E6EAF1',
  outline: '#C9D1DE',
  text: '#111827',
  text2: '#55607A',
  text3: '#667085',
  primary: '#1D4ED8',
  primaryHover: '#1E43B8',
  link: '#1D4ED8',
  onPrimary: '#FFFFFF',
  selected: '#E8EFFE',
  ...STATUS,
  successText: '#0A6B49',
  warningText: '#8A5200',
  errorText: '#B81D30',
  successSoft: '#E6F5EF',
  warningSoft: '#FDF3E1',
  errorSoft: '#FDECEE',
  infoSoft: '#E8EFFE',
  neutralSoft: '#EEF1F6',
  side: '#0B1B34',
  sideText: '#D5DEEE',
  sideText2: '#8FA0BE',
  sideHover: '#15294A',
  sideSelected: '#1D4ED8',
  sideBorder: '#1B2F52',
  focus: '#1D4ED8',
  mask: 'rgba(11, 27, 52, .45)',
  shadow: '0 8px 28px rgba(17, 24, 39, .14), 0 2px 6px rgba(17, 24, 39, .06)',
  land: '#E9EEF6',
  water: '#CFE0F2',
  landLine: '#A9B6CB',
  roadLine: '#BCC7D8',
  halo: '#FFFFFF',
  series: ['#1D4ED8', '#E66A18', '#12A793', '#A8050C', '#AB7CF7', '#2A2F5B'],
  rest: '#8A94A6',
  scale: ['#EFF5FF', '#BFD7FE', '#7FB0FB', '#3B82F6', '#1E4FC2', '#172F7A'],
};

const DARK_SERIES = ['#5B9DFF', '#E7AA21', '#3EF1AA', '#F1322E', '#CFBFFD', '#848483'];

const dark: Tokens = {
  page: '#0C121C',
  panel: '#141C29',
  sunken: '#101722',
  hover: '#1C2636',
  border: '#253044',
  outline: '#3D4B63',
  text: '#E8EDF6',
  text2: '#B3BFD3',
  text3: '#93A1B8',
  primary: '#2B66DE',
  primaryHover: '#3069E0',
  link: '#7FB0FF',
  onPrimary: '#FFFFFF',
  selected: '#1A2D52',
  success: '#2BB588',
  warning: '#E6A23C',
  error: '#F2606F',
  successText: '#5AD1A8',
  warningText: '#F2BC66',
  errorText: '#FF8F9A',
  successSoft: '#12302A',
  warningSoft: '#35290F',
  errorSoft: '#3B1A22',
  infoSoft: '#1A2D52',
  neutralSoft: '#222D3F',
  side: '#0A101A',
  sideText: '#C9D3E5',
  sideText2: '#8695AF',
  sideHover: '#162033',
  sideSelected: '#2B66DE',
  sideBorder: '#1C2739',
  focus: '#7FB0FF',
  mask: 'rgba(0, 0, 0, .6)',
  shadow: '0 8px 28px rgba(0, 0, 0, .5), 0 2px 6px rgba(0, 0, 0, .35)',
  land: '#182335',
  water: '#123048',
  landLine: '#3B4C68',
  roadLine: '#34445E',
  halo: '#0C121C',
  series: DARK_SERIES,
  rest: '#7B879B',
  scale: ['#14223F', '#172F7A', '#1E4FC2', '#3B82F6', '#7FB0FB', '#BFD7FE'],
};

const cockpit: Tokens = {
  ...dark,
  page: '#050D1A',
  panel: 'rgba(9, 22, 42, .74)',
  sunken: '#081427',
  hover: '#10233F',
  border: 'rgba(90, 140, 210, .20)',
  outline: 'rgba(120, 165, 230, .45)',
  text: '#E5EDFB',
  text2: '#B9C7E0',
  text3: '#8EA3C6',
  link: '#5B9DFF',
  success: '#2DD4BF',
  warning: '#FFB938',
  error: '#FF5C6F',
  successText: '#2DD4BF',
  warningText: '#FFB938',
  errorText: '#FF8F9A',
  neutralSoft: '#142846',
  land: '#0E2347',
  water: '#0A3550',
  landLine: '#3F6299',
  roadLine: '#27446F',
  halo: '#050D1A',
  rest: '#848483',
};

export const TOKENS: Record<ThemeName, Tokens> = { light, dark, cockpit };

export type TrafficState = 'free' | 'slow' | 'congested' | 'severe';

/** Always shown together with words and width: colour alone says nothing to one man in twelve. */
export const TRAFFIC: Record<TrafficState, { colour: string; width: number }> = {
  free: { colour: '#22B8A0', width: 2 },
  slow: { colour: '#E3B341', width: 3 },
  congested: { colour: '#F0803C', width: 4 },
  severe: { colour: '#F0475B', width: 5 },
};

/** White text on a red ground at 4.5:1 (plain cockpit red gives 3.6). */
export const ALARM_GROUND = '#D92D42';

export const FONT =
  '"Inter Variable", Inter, "PingFang SC", "HarmonyOS Sans SC", MiSans, "Microsoft YaHei UI", "Noto Sans CJK SC", "Source Han Sans SC", system-ui, sans-serif';
export const MONO = '"JetBrains Mono", "SF Mono", ui-monospace, Menlo, Consolas, "Noto Sans Mono CJK SC", monospace';

export const RADIUS = { small: 6, large: 8 };
/** Multiples of four, px: between words, grid gutter, card, page. */
export const SPACE = { xs: 8, sm: 12, md: 16, lg: 20 };
