/** The verbs on one's own role requests. */
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { cache } from '../api/cache';
import { api, read } from '../api/client';
import { useToast, useToldError } from './toast';

const onSettled = () => cache.invalidateQueries({ queryKey: ['accounts'] });

export function useAskForRole() {
  const onError = useToldError();
  return useMutation({
    mutationFn: (body: { role: string; reason: string }) => read(api.POST('/api/accounts/role-requests', { body })),
    onError,
    onSettled,
  });
}

export function useWithdraw() {
  const { t } = useTranslation('ui');
  const toast = useToast();
  const onError = useToldError();
  return useMutation({
    mutationFn: (request: string) =>
      read(api.POST('/api/accounts/role-requests/{request}/withdraw', { params: { path: { request } } })),
    onSuccess: () => toast(t('apply.withdrawn'), 'good'),
    onError,
    onSettled,
  });
}
