import { text, viewOf } from '../../routing/search';

/** The question stands in the URL, so that an answer can be kept and shared. */
export const askView = viewOf({ q: text() });
