const minutes = 60_000;

export const turnAfter = 90 * minutes;
