/** The “?” sheet: what the catalogue holds that acts here and now. */
import { CloseOutlined } from '@ant-design/icons';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { arePlainKeysOff, GROUPS, isBound, SHORTCUTS, type ShortcutId, setPlainKeysOff } from '../ui/shortcuts';
import { Dialog } from './Dialog';
import css from './sheet.module.css';

export function ShortcutSheet({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(['shell', ...namespaces()]);
  const [isOff, setOff] = useState(arePlainKeysOff);
  return (
    <Dialog label={t('shell:keys.title')} onClose={onClose} className={css.sheet}>
      <header className={css.head}>
        <h2>{t('shell:keys.title')}</h2>
        <button type="button" onClick={onClose} aria-label={t('shell:close')}>
          <CloseOutlined aria-hidden="true" />
        </button>
      </header>
      <div className={css.groups}>
        {GROUPS.map((group) => {
          const ids = idsOf(group).filter(isBound);
          if (ids.length === 0) return null;
          return (
            <section key={group}>
              <h3>{t(`shell:keys.groups.${group}`)}</h3>
              <dl>
                {ids.map((id) => (
                  <div key={id}>
                    <dt>{t(SHORTCUTS[id].label)}</dt>
                    <dd>
                      <Keys keys={SHORTCUTS[id].keys} />
                    </dd>
                  </div>
                ))}
              </dl>
            </section>
          );
        })}
      </div>
      <label className={css.off}>
        <input
          type="checkbox"
          checked={isOff}
          onChange={(event) => {
            setPlainKeysOff(event.target.checked);
            setOff(event.target.checked);
          }}
        />
        {t('shell:keys.off')}
      </label>
    </Dialog>
  );
}

function Keys({ keys }: { keys: string }) {
  return keys.split(' ').map((stroke) => (
    <span key={stroke}>
      {stroke.split('+').map((key) => (
        <kbd key={key}>{nameOf(key)}</kbd>
      ))}
    </span>
  ));
}

function nameOf(key: string): string {
  const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);
  return { mod: isMac ? '⌘' : 'Ctrl', shift: isMac ? '⇧' : 'Shift' }[key] ?? key.toUpperCase();
}

function isShortcut(id: string): id is ShortcutId {
  return id in SHORTCUTS;
}

function idsOf(group: string): ShortcutId[] {
  return Object.keys(SHORTCUTS)
    .filter(isShortcut)
    .filter((id) => SHORTCUTS[id].group === group);
}

function namespaces(): string[] {
  return [...new Set(Object.values(SHORTCUTS).map(({ label }) => label.split(':')[0] ?? 'shell'))];
}
