/** The place of a feature's own tool in the top bar, in a living demo city only; found by the name `topbar.ts`. */
import { type ComponentType, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCity } from '../api/session';
import { Popover } from './Popover';
import css from './topbar.module.css';

interface Tool {
  noun: string;
  /** Without its time where a clock stands beside it. */
  Mark: ComponentType<{ isBrief: boolean }>;
  Panel: ComponentType;
}
const found = import.meta.glob<Tool>('../features/*/topbar.ts', { import: 'tool' });

export function DemoTool({ isBrief = false }: { isBrief?: boolean }) {
  const { t } = useTranslation('shell');
  const { is_demo } = useCity();
  const [tool, setTool] = useState<Tool>();
  useEffect(() => {
    const load = Object.values(found)[0];
    if (is_demo && load) void load().then((loaded) => setTool(loaded));
  }, [is_demo]);
  if (!tool) return null;
  const { Mark, Panel } = tool;
  return (
    <Popover
      label={t('demo')}
      className={css.demo}
      button={
        <span>
          <Mark isBrief={isBrief} />
        </span>
      }
      speaks
    >
      {() => <Panel />}
    </Popover>
  );
}
