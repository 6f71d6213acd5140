import { useApi } from '@backstage/core-plugin-api';
import { Flex, Link, Text } from '@backstage/ui';
import type { ReactNode } from 'react';
import { callboardApiRef } from '../api/CallboardApi';
import type { Bundle } from '../api/types';
import { DeepLink } from '../parts/DeepLink';
import { SeverityMark } from '../parts/Severity';
import { Tickets } from '../parts/Tickets';
import { Due } from '../parts/When';
import { count, shortRef } from '../parts/words';
import styles from './BundleRow.module.css';

/** One piece of work: what to do, what that closes, whose it is, until when, and why it stands here. */
export const BundleRow = ({
  bundle,
  href,
  withOwner = false,
  brief = false,
  acts,
}: {
  bundle: Bundle;
  /** Where exactly its findings are listed. */
  href?: string;
  withOwner?: boolean;
  brief?: boolean;
  /** What can be done about it. */
  acts?: ReactNode;
}) => (
  <li className={styles.row} data-row={bundle.query}>
    <SeverityMark severity={bundle.severity} />
    <div className={styles.what}>
      {href ? (
        <Link href={href} weight="bold">
          {bundle.title}
        </Link>
      ) : (
        <Text weight="bold">{bundle.title}</Text>
      )}
      <Text as="p" className={styles.line}>
        {bundle.fix && bundle.fix !== bundle.title ? `${bundle.fix} · ` : ''}
        {closes(bundle)}
      </Text>
      <Text as="p" variant="body-small" color="secondary" className={styles.line}>
        {bundle.why}
        {withOwner && ` ${whose(bundle)}`}
      </Text>
      {bundle.filed.length > 0 && (
        <Text as="p" variant="body-small" className={styles.line}>
          <Tickets tickets={bundle.filed} />
        </Text>
      )}
      {!brief && (
        <Flex mt="1" gap="3" align="center" className={styles.acts}>
          <Way bundle={bundle} />
          {acts}
        </Flex>
      )}
    </div>
    <Text as="div" variant="body-small">
      <Due at={bundle.due_at} />
    </Text>
  </li>
);

/** To the source's page of the first of its findings. */
const Way = ({ bundle }: { bundle: Bundle }) => {
  const api = useApi(callboardApiRef);
  return (
    <DeepLink
      link={bundle.link}
      problem={bundle.link_problem}
      about={bundle.title}
      onFollow={() => api.followed(bundle.example_id)}
    />
  );
};

function closes(bundle: Bundle): string {
  const findings = count(bundle.findings, 'finding');
  const where = bundle.component_count > 1 ? ` in ${count(bundle.component_count, 'component')}` : '';
  return `${bundle.fix ? 'closes ' : ''}${findings}${where}`;
}

function whose(bundle: Bundle): string {
  if (bundle.owners.length) {
    return `Owned by ${bundle.owners.map(shortRef).join(', ')}.`;
  }
  return bundle.unmapped ? 'Not mapped to a component.' : 'No owner is known.';
}
