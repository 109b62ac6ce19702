/** Grants or declines a role request; says what the role permits, and asks for a word to the one who asked. */
import { useMutation } from '@tanstack/react-query';
import { Input, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { cache } from '../../api/cache';
import { api, read } from '../../api/client';
import { LONGEST_WORDS } from '../../api/roles';
import { useToast, useToldError } from '../../ui/toast';
import { Field } from './fields';
import css from './people.module.css';
import type { Decision } from './RequestsTab';
import { useRoleWords } from './useRoleWords';

export function DecisionDialog({ decision, onClose }: { decision: Decision; onClose: () => void }) {
  const { t } = useTranslation('people');
  const { request, grants } = decision;
  const toast = useToast();
  const onError = useToldError();
  const { role, permission, permissionsOf } = useRoleWords();
  const [note, setNote] = useState('');
  const words = { name: request.display_name, role: role(request.role) };
  const decide = useMutation({
    mutationFn: () => {
      const given = { params: { path: { request: request.id } }, body: { note: note.trim() } };
      return read(
        grants
          ? api.POST('/api/accounts/role-requests/{request}/grant', given)
          : api.POST('/api/accounts/role-requests/{request}/decline', given),
      );
    },
    onSuccess: () => toast(t(grants ? 'request.granted' : 'request.declined', words), 'good'),
    onError,
    onSettled: () => {
      onClose();
      return cache.invalidateQueries({ queryKey: ['accounts'] });
    },
  });
  return (
    <Modal
      open
      title={t(grants ? 'request.grantOf' : 'request.declineOf', words)}
      okText={t(grants ? 'request.grant' : 'request.decline')}
      cancelText={t('cancel')}
      closable={{ 'aria-label': t('close') }}
      okButtonProps={{ disabled: !grants && note.trim() === '', danger: !grants, loading: decide.isPending }}
      onOk={() => decide.mutate()}
      onCancel={onClose}
      destroyOnHidden
    >
      <div className={css.form}>
        <p className={css.note}>{request.reason}</p>
        {grants && (
          <>
            <p>{t('request.permits')}</p>
            <ul className={css.tags}>
              {permissionsOf(request.role).map((name) => (
                <li key={name}>{permission(name)}</li>
              ))}
            </ul>
          </>
        )}
        <Field label={t(grants ? 'request.word' : 'request.why')}>
          <Input.TextArea
            autoFocus
            rows={3}
            maxLength={LONGEST_WORDS}
            value={note}
            onChange={(event) => setNote(event.target.value)}
          />
        </Field>
      </div>
    </Modal>
  );
}
