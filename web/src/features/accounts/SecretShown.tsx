/** A password or key that is shown only now: copied, then gone. */
import { CopyOutlined } from '@ant-design/icons';
import { Button, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import css from './people.module.css';

export interface Secret {
  title: string;
  hint: string;
  text: string;
}

export function SecretShown({ secret, onClose }: { secret: Secret | undefined; onClose: () => void }) {
  const { t } = useTranslation('people');
  const [copied, setCopied] = useState('');
  const copy = async (text: string) => {
    await navigator.clipboard.writeText(text);
    setCopied(text);
  };
  return (
    <Modal
      open={secret !== undefined}
      title={secret?.title}
      onCancel={onClose}
      mask={{ closable: false }}
      closable={{ 'aria-label': t('close') }}
      destroyOnHidden
      footer={
        <Button type="primary" onClick={onClose}>
          {t('secret.kept')}
        </Button>
      }
    >
      {secret && (
        <>
          <p>{secret.hint}</p>
          <div className={css.secret}>
            <code>{secret.text}</code>
            <Button icon={<CopyOutlined aria-hidden="true" />} onClick={() => void copy(secret.text)}>
              {t('secret.copy')}
            </Button>
          </div>
          <p className="muted" role="status">
            {copied === secret.text ? t('secret.copied') : t('secret.once')}
          </p>
        </>
      )}
    </Modal>
  );
}
