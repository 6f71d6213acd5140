import { Alert, Text } from '@backstage/ui';
import type { Source } from '../api/types';
import { cautions, seenAt, sourceTitle } from './sources';
import { When } from './When';
import { count } from './words';

/** What to know before reading the numbers: nothing when all is well. */
export const Cautions = ({ sources }: { sources: readonly Source[] }) => (
  <>
    {cautions(sources).map(each => (
      <Alert
        key={each.title}
        role="note"
        status={each.isLate ? 'warning' : 'info'}
        icon
        title={each.title}
        description={each.text}
      />
    ))}
  </>
);

/** How fresh the numbers are, in one quiet line. */
export const Freshness = ({
  sources,
  checkedAt,
  unmapped = 0,
}: {
  sources: readonly Source[];
  checkedAt?: string | null;
  /** Components of which nobody can tell which findings are theirs. */
  unmapped?: number;
}) => {
  const at = checkedAt ?? seenAt(sources);
  const names = [...new Set(sources.map(sourceTitle))].join(' and ');
  return (
    <Text variant="body-small" color="secondary">
      {at ? (
        <>
          Last checked <When at={at} />
          {names && ` by ${names}`}.
        </>
      ) : (
        'Not checked yet.'
      )}
      {unmapped > 0 && ` ${count(unmapped, 'component')} not mapped: what is wrong there is not counted.`}
    </Text>
  );
};
