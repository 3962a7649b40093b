/** A number of gems for the log. */
export function countGems(gems: number): string {
  return gems === 1 ? "`1` gem" : `\`${gems}\` gems`;
}
