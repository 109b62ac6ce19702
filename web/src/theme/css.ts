/** Tokens as CSS variables: `--c-text2`, `--c-series-1` … under `[data-theme="…"]`. */
import { FONT, MONO, type ThemeName, TOKENS, TRAFFIC } from './tokens';

export function variablesOf(theme: ThemeName): Record<string, string> {
  const { series, scale, ...plain } = TOKENS[theme];
  const variables: Record<string, string> = { '--font': FONT, '--mono': MONO };
  for (const [name, value] of Object.entries(plain)) variables[`--c-${kebab(name)}`] = value;
  series.forEach((colour, i) => {
    variables[`--c-series-${i + 1}`] = colour;
  });
  scale.forEach((colour, i) => {
    variables[`--c-scale-${i + 1}`] = colour;
  });
  for (const [state, { colour }] of Object.entries(TRAFFIC)) variables[`--c-traffic-${state}`] = colour;
  return variables;
}

/** Puts the variables of every theme into the page; call once before the first render. */
export function installVariables(): void {
  const themes: ThemeName[] = ['light', 'dark', 'cockpit'];
  const rules = themes.map((theme) => {
    const lines = Object.entries(variablesOf(theme)).map(([name, value]) => `${name}:${value}`);
    const scheme = theme === 'light' ? 'light' : 'dark';
    return `[data-theme="${theme}"]{color-scheme:${scheme};${lines.join(';')}}`;
  });
  const sheet = document.createElement('style');
  sheet.textContent = rules.join('\n');
  document.head.prepend(sheet);
}

function kebab(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase();
}
