/** The value of `tab` in the page's address. */
export const PORTAL_TAB = 'portal';

/** The address under `path` of a portal's risks; of whichever was judged last where none is named. */
export function portalAddress(path: string, portal?: string): string {
  const told = new URLSearchParams({ tab: PORTAL_TAB });
  if (portal) {
    told.set('portal', portal);
  }
  return `${path}?${told}`;
}
