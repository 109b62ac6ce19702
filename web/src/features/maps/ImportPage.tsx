/** Brings a map: choose a file, check its shapes and how it is read, name it, publish it. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, read } from '../../api/client';
import { Card } from '../../ui/Card';
import { Grid, Page, Span } from '../../ui/Page';
import { Failure } from '../../ui/StateView';
import { useToast } from '../../ui/toast';
import { ChooseFile } from './ChooseFile';
import { FilePicture } from './FilePicture';
import { ImportForm, type Wish } from './ImportForm';
import css from './maps.module.css';
import type { Preview } from './preview';

type Coordinates = Preview['coordinates'];

interface Brought {
  file_name: string;
  content: string;
}

export function ImportPage() {
  const { t } = useTranslation('maps');
  const toast = useToast();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [file, setFile] = useState<Brought>();
  const [coordinates, setCoordinates] = useState<Coordinates>();
  const preview = useQuery({
    queryKey: ['maps', 'preview', file?.file_name, file?.content.length, coordinates],
    queryFn: ({ signal }) => {
      const { file_name = '', content = '' } = file ?? {};
      return read(
        api.POST('/api/maps/preview', { body: { file_name, content, coordinates: coordinates ?? null }, signal }),
      );
    },
    enabled: file !== undefined,
    placeholderData: (before) => before,
    retry: false,
    gcTime: 0,
  });
  const publish = useMutation({
    mutationFn: (wish: Wish) => {
      const { label_zh: zh, label_en: en, title_zh, title_en, dimension, ...named } = wish;
      const { file_name = '', content = '' } = file ?? {};
      return read(
        api.POST('/api/maps/import', {
          body: {
            ...named,
            file_name,
            content,
            title: { zh: title_zh, en: title_en },
            label: { zh: zh || null, en: en || null },
            dimension: dimension || null,
            base: false,
            order: 0,
          },
        }),
      );
    },
    onSuccess: (done, { title_zh, title_en }) => {
      toast(t('new.published', { title: title_zh || title_en }), 'good');
      void client.invalidateQueries({ queryKey: ['maps'] });
      void navigate({ to: '/maps', search: { map: done.name } });
    },
  });
  const choose = async (chosen: File | undefined) => {
    if (!chosen) return;
    setCoordinates(undefined);
    publish.reset();
    setFile({ file_name: chosen.name, content: await base64Of(chosen) });
  };
  const found = file ? preview.data : undefined;
  return (
    <Page title={t('new.title')} subtitle={t('new.subtitle')} breadcrumb={[{ title: t('title'), to: '/maps' }]}>
      <Grid>
        <Span of={5}>
          <Card title={t('new.file')}>
            <div className={css.form}>
              <ChooseFile chosen={file?.file_name} onChoose={(each) => void choose(each)} />
              {preview.isError && <Failure error={preview.error} />}
              {found && (
                <ImportForm
                  key={`${file?.file_name} ${file?.content.length}`}
                  found={found}
                  fileName={file?.file_name ?? ''}
                  isBusy={publish.isPending}
                  onCoordinates={setCoordinates}
                  onPublish={(wish) => publish.mutate(wish)}
                />
              )}
              {publish.isError && <Failure error={publish.error} />}
            </div>
          </Card>
        </Span>
        <Span of={7}>
          <FilePicture found={found} isReading={preview.isLoading} />
        </Span>
      </Grid>
    </Page>
  );
}

async function base64Of(file: File): Promise<string> {
  const url = await new Promise<string>((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
  return url.slice(url.indexOf(',') + 1);
}
