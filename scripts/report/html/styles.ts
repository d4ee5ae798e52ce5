import { BASE_STYLES } from './styles/base.ts';
import { CHART_STYLES } from './styles/chart.ts';
import { COLOURS } from './styles/colours.ts';
import { PRINT_STYLES } from './styles/print.ts';
import { TABLE_STYLES } from './styles/tables.ts';

/** The report's own style: no font, image or script from anywhere; light and dark by the reader's setting. */
export const STYLES = [COLOURS, BASE_STYLES, TABLE_STYLES, CHART_STYLES, PRINT_STYLES].join('');
