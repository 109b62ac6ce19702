/** Heights that a view and its skeleton share, px: nothing jumps when the view arrives. */
export const MAP_PX = 560;
export const LIST_PX = 480;
export const BOARD_PX = 560;
