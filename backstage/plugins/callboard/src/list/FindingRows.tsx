import { Link, Text } from '@backstage/ui';
import type { Finding } from '../api/types';
import { SeverityMark } from '../parts/Severity';
import { Due, When } from '../parts/When';
import { plain } from '../parts/words';
import styles from './FindingRows.module.css';
import { homes } from './homes';

/** What the table shows, where there is no room for its columns: nothing has to be scrolled sideways. */
export const FindingRows = ({
  rows,
  hrefOf,
  withComponent,
}: {
  rows: readonly Finding[];
  /** Where a finding is shown in full, beside this list. */
  hrefOf: (id: number) => string;
  withComponent: boolean;
}) => (
  <ol className={styles.list} aria-label="Findings">
    {rows.map(each => (
      <li key={each.id} className={styles.row} data-row>
        <SeverityMark severity={each.severity} />
        <div className={styles.what}>
          <Link href={hrefOf(each.id)} weight="bold">
            {each.title}
          </Link>
          <Text as="p" className={styles.line}>
            {each.resource.name} ({plain(each.resource.type)}){withComponent && ` · ${homes(each)}`}
          </Text>
          <Text as="p" variant="body-small" color="secondary" className={styles.line}>
            {plain(each.state)} · first detected <When at={each.first_detected_at} /> · last detected{' '}
            {each.last_detected_at ? <When at={each.last_detected_at} /> : 'not told'} ·{' '}
            <Due at={each.fixed_at ? null : each.due_at} />
          </Text>
        </div>
      </li>
    ))}
  </ol>
);
