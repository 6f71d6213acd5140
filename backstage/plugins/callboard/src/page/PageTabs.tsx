import { Link } from '@backstage/ui';
import { useSearchParams } from 'react-router-dom';
import { CAMPAIGNS_TAB, campaignsAddress } from '../campaigns/address';
import { PORTAL_TAB, portalAddress } from '../portal/address';
import { rootRouteRef, useOptionalRoute } from '../routes';
import { USES_TAB, usesAddress } from '../uses/address';
import styles from './PageTabs.module.css';

/** The parts of the page Callboard. Each has an address, so these are links. */
export const PageTabs = () => {
  const [parameters] = useSearchParams();
  const root = useOptionalRoute(rootRouteRef) ?? '?tab=now';
  const here = parameters.get('tab');
  const isElsewhere = here === USES_TAB || here === PORTAL_TAB || here === CAMPAIGNS_TAB;
  return (
    <nav aria-label="Callboard" className={styles.tabs}>
      <Tab href={root} isHere={!isElsewhere} words="Findings" />
      <Tab href={campaignsAddress('')} isHere={here === CAMPAIGNS_TAB} words="Campaigns" />
      <Tab href={usesAddress('', {})} isHere={here === USES_TAB} words="Who uses a package" />
      <Tab href={portalAddress('')} isHere={here === PORTAL_TAB} words="Portal safety" />
    </nav>
  );
};

const Tab = ({ href, isHere, words }: { href: string; isHere: boolean; words: string }) => (
  <Link href={href} standalone aria-current={isHere ? 'page' : undefined} className={styles.tab} weight={isHere ? 'bold' : 'regular'}>
    {words}
  </Link>
);
