import { MenuOutlined, QuestionCircleOutlined, SearchOutlined } from '@ant-design/icons';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useConnection } from '../api/live';
import { AccountMenu } from './AccountMenu';
import { Bell } from './Bell';
import { Brand } from './Brand';
import { DemoTool } from './DemoTool';
import { Dialog } from './Dialog';
import { LanguageSwitch } from './LanguageSwitch';
import { Navigation } from './Navigation';
import css from './topbar.module.css';

export function TopBar({ onSearch, onHelp }: { onSearch: () => void; onHelp: () => void }) {
  const { t } = useTranslation('shell');
  const [isMenuOpen, setMenuOpen] = useState(false);
  return (
    <header className={css.bar} data-noprint>
      <button
        type="button"
        className={`${css.icon} ${css.menu}`}
        aria-label={t('nav.open')}
        onClick={() => setMenuOpen(true)}
      >
        <MenuOutlined aria-hidden="true" />
      </button>
      <button type="button" className={css.search} onClick={onSearch} aria-keyshortcuts="Control+K Meta+K">
        <SearchOutlined aria-hidden="true" />
        <span className={css.hint}>{t('palette.placeholder')}</span>
        <kbd>{isMac() ? '⌘ K' : 'Ctrl K'}</kbd>
      </button>
      <div className={css.end}>
        <DemoTool />
        <Live />
        <LanguageSwitch />
        <button
          type="button"
          className={`${css.icon} ${css.help}`}
          aria-label={t('help')}
          title={t('help')}
          onClick={onHelp}
        >
          <QuestionCircleOutlined aria-hidden="true" />
        </button>
        <Bell />
        <AccountMenu />
      </div>
      {isMenuOpen && (
        <Dialog label={t('nav.label')} onClose={() => setMenuOpen(false)} className={css.drawer}>
          <Brand />
          <Navigation onGo={() => setMenuOpen(false)} />
        </Dialog>
      )}
    </header>
  );
}

/** Whether news arrives; says so in words once it does not. */
function Live() {
  const { t } = useTranslation('shell');
  const connection = useConnection();
  return (
    <span className={`${css.live} ${css[connection]}`} role="status" title={t(`live.${connection}Hint`)}>
      <span className={css.dot} aria-hidden="true" />
      <span className={connection === 'open' ? css.quiet : undefined}>{t(`live.${connection}`)}</span>
    </span>
  );
}

function isMac(): boolean {
  return /Mac|iPhone|iPad/.test(navigator.userAgent);
}
