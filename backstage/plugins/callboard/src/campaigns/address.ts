/** The value of `tab` in the page's address. */
export const CAMPAIGNS_TAB = 'campaigns';

/** The address under `path` of the campaigns of one's teams. */
export function campaignsAddress(path: string): string {
  return `${path}?tab=${CAMPAIGNS_TAB}`;
}
