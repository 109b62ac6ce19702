/** Asks before somebody leaves a text that was not applied; the draft stays in this browser either way. */
import { useBlocker } from '@tanstack/react-router';
import { Button, Modal } from 'antd';
import { useTranslation } from 'react-i18next';

export function Leaving({ isDirty }: { isDirty: boolean }) {
  const { t } = useTranslation('definitions');
  const { status, proceed, reset } = useBlocker({
    shouldBlockFn: ({ current, next }) => isDirty && current.pathname !== next.pathname,
    enableBeforeUnload: () => isDirty,
    withResolver: true,
  });
  return (
    <Modal
      open={status === 'blocked'}
      title={t('leave.title')}
      onCancel={() => reset?.()}
      closable={{ 'aria-label': t('leave.stay') }}
      footer={[
        <Button key="leave" onClick={() => proceed?.()}>
          {t('leave.go')}
        </Button>,
        <Button key="stay" type="primary" onClick={() => reset?.()}>
          {t('leave.stay')}
        </Button>,
      ]}
    >
      {t('leave.hint')}
    </Modal>
  );
}
