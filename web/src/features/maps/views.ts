import { text, viewOf } from '../../routing/search';

/** Which map is shown. */
export const mapsView = viewOf({ map: text() });
