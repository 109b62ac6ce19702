/** antd's theme, derived from our tokens: one accent, flat surfaces, 32 px controls. */
import { theme as antd, type ThemeConfig } from 'antd';
import { FONT, MONO, RADIUS, type ThemeName, TOKENS } from './tokens';

export function antdTheme(name: ThemeName, still: boolean): ThemeConfig {
  const t = TOKENS[name];
  const solid = name === 'cockpit' ? t.sunken : t.panel;
  return {
    algorithm: name === 'light' ? antd.defaultAlgorithm : antd.darkAlgorithm,
    cssVar: { key: `city-${name}` },
    hashed: false,
    token: {
      colorPrimary: t.primary,
      colorPrimaryHover: t.primaryHover,
      colorInfo: t.primary,
      colorSuccess: t.success,
      colorWarning: t.warning,
      colorError: t.error,
      colorLink: t.link,
      colorLinkHover: t.link,
      colorText: t.text,
      colorTextSecondary: t.text2,
      colorTextTertiary: t.text3,
      colorTextDescription: t.text3,
      colorTextPlaceholder: t.text3,
      colorBgContainer: solid,
      colorBgElevated: solid,
      colorBgLayout: t.page,
      colorBorder: t.outline,
      colorBorderSecondary: t.border,
      colorSplit: t.border,
      colorFillAlter: t.sunken,
      controlItemBgHover: t.hover,
      controlItemBgActive: t.selected,
      colorBgMask: t.mask,
      boxShadowSecondary: t.shadow,
      borderRadius: RADIUS.small,
      borderRadiusLG: RADIUS.large,
      fontFamily: FONT,
      fontFamilyCode: MONO,
      fontSize: 14,
      controlHeight: 32,
      motion: !still,
      wireframe: false,
    },
    components: {
      Table: {
        headerBg: t.sunken,
        headerColor: t.text2,
        headerSplitColor: 'transparent',
        cellPaddingBlockMD: 9,
        cellPaddingInlineMD: 12,
        rowHoverBg: t.hover,
      },
      DatePicker: { colorTextDisabled: t.text3 },
      Button: { primaryShadow: 'none', defaultShadow: 'none', dangerShadow: 'none', fontWeight: 500 },
      Card: { bodyPadding: 16, headerHeight: 46 },
      Tabs: { itemSelectedColor: t.link, inkBarColor: t.link, horizontalMargin: '0 0 16px 0' },
      Segmented: { itemSelectedBg: solid, trackBg: t.neutralSoft },
    },
  };
}
