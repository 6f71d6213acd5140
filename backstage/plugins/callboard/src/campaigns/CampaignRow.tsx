import { EntityRefLink } from '@backstage/plugin-catalog-react';
import { Link, Text, VisuallyHidden } from '@backstage/ui';
import { lazy, Suspense, useState } from 'react';
import type { Campaign } from '../api/types';
import { Loading } from '../parts/Loading';
import { until } from './course';
import styles from './Campaigns.module.css';

const Burndown = lazy(() => import('./Burndown').then(m => ({ default: m.Burndown })));

/** One campaign: what it is for, who sees to it, until when, what of it is left for the reader, and how it goes. */
export const CampaignRow = ({ campaign, hrefOf }: { campaign: Campaign; hrefOf: (query: string) => string }) => {
  const [isOpen, setOpen] = useState(false);
  const isLate = campaign.late && campaign.ended_at === null;
  return (
    <li className={styles.row}>
      <Link href={hrefOf(campaign.queries.findings)} weight="bold">
        {campaign.name}
      </Link>
      {campaign.aim && (
        <Text as="p" className={styles.line}>
          {campaign.aim}
        </Text>
      )}
      <Text as="p" variant="body-small" color={isLate ? 'danger' : 'secondary'} weight={isLate ? 'bold' : 'regular'} className={styles.line}>
        {until(campaign)} · {campaign.owner ? <>seen to by <EntityRefLink entityRef={campaign.owner} hideIcon /></> : 'nobody sees to it'}
      </Text>
      <div className={styles.numbers}>
        <Number campaign={campaign} lot="open" n={campaign.open} words={`left for you of ${campaign.findings.toLocaleString('en-US')}`} hrefOf={hrefOf} />
        <Number campaign={campaign} lot="fixed" n={campaign.fixed} words="fixed" hrefOf={hrefOf} />
        {campaign.suppressed > 0 && <Number campaign={campaign} lot="suppressed" n={campaign.suppressed} words="set aside" hrefOf={hrefOf} />}
        {campaign.gone > 0 && <Number campaign={campaign} lot="gone" n={campaign.gone} words="gone with their resource" hrefOf={hrefOf} />}
      </div>
      <details className={styles.more} onToggle={event => setOpen(event.currentTarget.open)}>
        <summary>
          How it goes<VisuallyHidden>: {campaign.name}</VisuallyHidden>
        </summary>
        {isOpen && (
          <Suspense fallback={<Loading words="Loading how it goes…" />}>
            <Burndown id={campaign.id} />
          </Suspense>
        )}
      </details>
    </li>
  );
};

/** A number that leads to exactly the findings that it counts. */
const Number = ({
  campaign,
  lot,
  n,
  words,
  hrefOf,
}: {
  campaign: Campaign;
  lot: string;
  n: number;
  words: string;
  hrefOf: (query: string) => string;
}) => {
  const query = campaign.queries[lot];
  const told = `${n.toLocaleString('en-US')} ${words}`;
  return query === undefined ? <Text>{told}</Text> : <Link href={hrefOf(query)}>{told}</Link>;
};
