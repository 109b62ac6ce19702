import type { Schema } from '../../api/client';

/** What a file holds; the client's types make a list of the tuple. */
export type Preview = Omit<Schema<'PreviewBody'>, 'bounds'> & { bounds: readonly number[] };
