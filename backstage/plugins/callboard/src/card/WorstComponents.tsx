import { EntityRefLink } from '@backstage/plugin-catalog-react';
import { Text } from '@backstage/ui';
import type { ComponentRow } from '../api/types';
import { SeverityStrip } from '../parts/Severity';
import { When } from '../parts/When';
import { unknownWord } from './standing';
import styles from './WorstComponents.module.css';

/** More than these are for the catalog's own table. */
const MOST = 8;

/** Components, worst first; one that is not mapped says so instead of standing there with zeros. */
export const WorstComponents = ({ components }: { components: readonly ComponentRow[] }) => (
  <>
    <Text as="h3" variant="body-medium" weight="bold">
      Components
    </Text>
    <ul className={styles.list} aria-label="Components, worst first">
      {components.slice(0, MOST).map(each => (
        <li key={each.ref} className={styles.row}>
          <EntityRefLink entityRef={each.ref}>{each.title ?? each.name}</EntityRefLink>
          {unknownWord(each) ? (
            <Text color="secondary">{unknownWord(each)}</Text>
          ) : (
            <SeverityStrip open={each.open} />
          )}
          <Text variant="body-small" color="secondary" className={styles.seen}>
            {!each.listed && 'numbers only'}
            {!each.listed && each.checked_at && ' · '}
            {each.checked_at && (
              <>
                seen <When at={each.checked_at} />
              </>
            )}
          </Text>
        </li>
      ))}
    </ul>
    {components.length > MOST && (
      <Text variant="body-small" color="secondary">
        and {components.length - MOST} more
      </Text>
    )}
  </>
);
