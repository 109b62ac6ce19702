/** The “?” sheet: what the catalogue holds that acts here and now. */
import { CloseOutlined } from '@ant-design/icons';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { arePlainKeysOff, GROUPS, isBound, SHORTCUTS, type ShortcutId, setPlainKeysOff } from '../ui/shortcuts';
import { TourButton } from '../ui/TourStart';
import { Dialog } from './Dialog';
import { Keys } from './Keys';
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
                {[...byLabel(ids)].map(([label, keys]) => (
                  <div key={label}>
                    <dt>{t(label)}</dt>
                    <dd>
                      {keys.map((each) => (
                        <Keys key={each} keys={each} />
                      ))}
                    </dd>
                  </div>
                ))}
              </dl>
            </section>
          );
        })}
      </div>
      <div className={css.tour}>
        <TourButton onStart={onClose} />
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

function isShortcut(id: string): id is ShortcutId {
  return id in SHORTCUTS;
}

function idsOf(group: string): ShortcutId[] {
  return Object.keys(SHORTCUTS)
    .filter(isShortcut)
    .filter((id) => SHORTCUTS[id].group === group);
}

/** Two ways to the same thing stand in one line. */
function byLabel(ids: ShortcutId[]): Map<string, string[]> {
  const all = new Map<string, string[]>();
  for (const id of ids) {
    const { label, keys } = SHORTCUTS[id];
    all.set(label, [...(all.get(label) ?? []), keys]);
  }
  return all;
}

function namespaces(): string[] {
  return [...new Set(Object.values(SHORTCUTS).map(({ label }) => label.split(':')[0] ?? 'shell'))];
}
