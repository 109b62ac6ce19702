/** What a dashboard is found by. Pure. */
import type { Schema } from '../../api/client';

export function textOf({ name, title, description }: Schema<'DashboardSummary'>): string {
  return [name, title.zh, title.en, description?.zh, description?.en].join(' ');
}
