import { Flex, Link, Text } from '@backstage/ui';
import type { Finding } from '../api/types';
import { DecideButton } from '../decide/DecideButton';
import type { Selection } from '../keys/rows';
import { SelectRow } from '../keys/SelectRow';
import { SeverityMark } from '../parts/Severity';
import { Due, When } from '../parts/When';
import { plain } from '../parts/words';
import styles from './FindingRows.module.css';
import { homes } from './homes';

/** What the table shows, where there is no room for its columns: nothing has to be scrolled sideways. */
export const FindingRows = ({
  rows,
  hrefOf,
  standingOf,
  selection,
  withComponent,
}: {
  rows: readonly Finding[];
  /** Where a finding is shown in full, beside this list. */
  hrefOf: (id: number) => string;
  standingOf: (row: Finding) => readonly string[];
  /** `undefined`: nothing can be said about several. */
  selection?: Selection;
  withComponent: boolean;
}) => (
  <ol className={styles.list} aria-label="Findings">
    {rows.map(each => (
      <li key={each.id} className={styles.row} data-row={each.id}>
        <SeverityMark severity={each.severity} />
        <div className={styles.what}>
          <Link href={hrefOf(each.id)} weight="bold">
            {each.title}
          </Link>
          <Text as="p" className={styles.line}>
            {each.resource.name} ({plain(each.resource.type)}){withComponent && ` · ${homes(each)}`}
          </Text>
          <Text as="p" variant="body-small" color="secondary" className={styles.line}>
            {standingOf(each).join(' · ')} · first detected <When at={each.first_detected_at} /> · last detected{' '}
            {each.last_detected_at ? <When at={each.last_detected_at} /> : 'not told'} ·{' '}
            <Due at={each.fixed_at ? null : each.due_at} />
          </Text>
          <Flex gap="3" align="center" mt="1" className={styles.acts}>
            <DecideButton target={{ kind: 'finding', id: each.id, title: each.title }} about={each.title} />
            {selection && <SelectRow selection={selection} rowKey={String(each.id)} about={each.title} />}
          </Flex>
        </div>
      </li>
    ))}
  </ol>
);
