import { Text } from '@backstage/ui';
import type { ComponentPage } from '../api/types';
import { SeverityStrip } from '../parts/Severity';
import { shortRef } from '../parts/words';
import { NotMapped } from './NotMapped';
import { standingOf } from './standing';

/** What to know of a component of which no work is shown. Only one of these is a zero, and only that one says so. */
export const NoWork = ({ page }: { page: ComponentPage }) => {
  const { component, annotations } = page;
  switch (standingOf(page)) {
    case 'counted':
      return (
        <>
          <SeverityStrip open={component.open} />
          <Text weight="bold">Numbers only</Text>
          <Text>
            You do not own this component. You are told how many open findings it has, and not which. Ask{' '}
            {component.owner ? component.owner_title ?? shortRef(component.owner) : 'your security team'}.
          </Text>
        </>
      );
    case 'not-mapped':
    case 'dangling':
      return <NotMapped annotations={annotations} />;
    case 'not-read':
      return <Text>No finding has arrived yet. That is not the same as having none.</Text>;
    case 'apart':
      return <Text>What is open here comes and goes by itself. It is no work until it stays.</Text>;
    case 'findings':
      return null;
    default:
      return <Text>No open findings.</Text>;
  }
};
