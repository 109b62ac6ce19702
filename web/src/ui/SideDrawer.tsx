/** Details beside a list: slides in from the right, full width on phones, closed by Escape; its state belongs in the URL. */
import { Drawer } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Words } from './Words';

export interface SideDrawerProps {
  open: boolean;
  onClose: () => void;
  title: ReactNode;
  /** Buttons in the head. */
  actions?: ReactNode;
  /** Buttons below, for forms. */
  foot?: ReactNode;
  /** Width, px, where the window has it. */
  width?: number;
  children: ReactNode;
}

export function SideDrawer({ open, onClose, title, actions, foot, width = 560, children }: SideDrawerProps) {
  const { t } = useTranslation('ui');
  return (
    <Drawer
      open={open}
      onClose={onClose}
      title={<Words of={title} />}
      extra={actions}
      footer={foot}
      size={Math.min(width, window.innerWidth)}
      destroyOnHidden
      closable={{ 'aria-label': t('close') }}
      styles={{ body: { padding: 20 } }}
    >
      {children}
    </Drawer>
  );
}
