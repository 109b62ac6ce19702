/** Brings a map: choose a file, check its shapes and how it is read, name it, publish it. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, read } from '../../api/client';
import { useLang } from '../../i18n/texts';
import { drawable } from '../../map/geometry';
import { MapView } from '../../map/MapView';
import { labelIn } from '../../map/queries';
import { useTheme } from '../../theme/mode';
import { Card } from '../../ui/Card';
import { type Column, DataTable } from '../../ui/DataTable';
import { Grid, Page, Span } from '../../ui/Page';
import { Empty, Failure, Skeleton } from '../../ui/StateView';
import { useToast } from '../../ui/toast';
import { ImportForm, type Wish } from './ImportForm';
import css from './maps.module.css';
import type { Preview } from './preview';

type Coordinates = Preview['coordinates'];

interface Brought {
  file_name: string;
  content: string;
}

const MAP_HEIGHT = 420;

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
              <label>
                {t('new.choose')}
                <input
                  className={css.file}
                  type="file"
                  accept=".geojson,.json,.zip"
                  onChange={(event) => void choose(event.target.files?.[0])}
                />
              </label>
              <p className={css.hint}>{t('new.formats')}</p>
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
          <Picture found={found} isReading={preview.isLoading} />
        </Span>
      </Grid>
    </Page>
  );
}

function Picture({ found, isReading }: { found: Preview | undefined; isReading: boolean }) {
  const { t } = useTranslation('maps');
  const lang = useLang();
  const { tokens } = useTheme();
  const layers = useMemo(() => {
    if (!found) return [];
    const data = drawable(featuresOf(found.picture));
    const isArea = found.shape === 'area';
    return [
      {
        id: 'file',
        kind: found.shape,
        data,
        colour: isArea ? tokens.selected : tokens.primary,
        ...(isArea ? { border: tokens.link } : { size: found.shape === 'line' ? 2 : 4 }),
        label: 'key',
      },
    ];
  }, [found, tokens]);
  if (!found)
    return (
      <Card flush title={t('new.picture')}>
        {isReading ? <Skeleton height={MAP_HEIGHT} /> : <Empty title={t('new.waiting')} height={MAP_HEIGHT} />}
      </Card>
    );
  const columns: Column<Preview['properties'][number]>[] = [
    { key: 'name', title: t('new.property'), width: 140, value: ({ name }) => name },
    { key: 'samples', title: t('new.samples'), value: ({ samples }) => samples.join('、') },
    { key: 'distinct', title: t('new.distinct'), width: 100, isNumber: true, value: ({ distinct }) => distinct },
    { key: 'key', title: t('new.canBeKey'), width: 100, value: (each) => t(each.is_key ? 'new.yes' : 'new.no') },
  ];
  return (
    <div className={css.form}>
      <Card
        flush
        title={t('new.picture')}
        subtitle={t('new.facts', {
          count: found.features,
          shape: t(`shapes.${found.shape}`),
          encoding: found.encoding,
        })}
      >
        <MapView
          key={found.bounds.join()}
          layers={layers}
          label={t('new.picture')}
          height={MAP_HEIGHT}
          popups={{ file: (said) => ({ title: String(said[labelIn(lang)] ?? said.key) }) }}
        />
      </Card>
      <Card flush title={t('new.properties')}>
        <DataTable label={t('new.properties')} columns={columns} rows={found.properties} keyOf={({ name }) => name} />
      </Card>
    </div>
  );
}

interface Sent {
  properties: Record<string, unknown>;
  geometry: Record<string, unknown>;
}

function featuresOf(picture: Record<string, unknown>): Sent[] {
  return Array.isArray(picture.features) ? picture.features.filter(isSent) : [];
}

function isSent(each: unknown): each is Sent {
  return typeof each === 'object' && each !== null && 'properties' in each && 'geometry' in each;
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
