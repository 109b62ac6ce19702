/** What the shell's top bar shows in a demo city; found by this file's name. */
import { DemoControl } from './DemoControl';
import { DemoMark } from './DemoMark';

export const tool = { noun: 'demo', Mark: DemoMark, Panel: DemoControl };
