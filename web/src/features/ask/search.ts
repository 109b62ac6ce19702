/** What was typed in the palette, as a question: there is always this way on. */
import type { SearchProvider } from '../../ui/registry';

/** Shorter words are names rather than questions. */
const LEAST = 2;

export const provider: SearchProvider = {
  kind: 'ask',
  search: async (text, { lang }) => {
    if (text.length < LEAST) return [];
    const title = lang === 'zh' ? `问数：“${text}”` : `Ask: “${text}”`;
    return [{ key: 'question', title, to: `/ask?q=${encodeURIComponent(text)}` }];
  },
};
