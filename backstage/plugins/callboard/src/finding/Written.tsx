import { Text } from '@backstage/ui';
import type { FindingPage } from '../api/types';
import { When } from '../parts/When';

const STATES: Record<string, string> = {
  waiting: 'waits',
  done: 'written',
  conflict: 'changed there meanwhile, which stands',
  refused: 'refused',
  'given-up': 'not reached for days',
};

/** What people decided here and what came of writing it where the finding came from, in the source’s own words. */
export const Written = ({ writes, source }: { writes: FindingPage['writes']; source: string }) => (
  <>
    {writes.slice(0, 5).map(each => (
      <Text key={each.id}>
        {each.words}: {STATES[each.state] ?? each.state}
        {each.said && `. ${source} says: ${each.said}`} · <When at={each.ended_at ?? each.made_at} />
      </Text>
    ))}
  </>
);
