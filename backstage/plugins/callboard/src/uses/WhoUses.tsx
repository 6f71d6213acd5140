import { Flex, Text } from '@backstage/ui';
import { useSearchParams } from 'react-router-dom';
import { fromParameters, toParameters } from './address';
import { Coverage } from './Coverage';
import { Uses } from './Uses';
import { UsesForm } from './UsesForm';

/** Who uses a package, now or in the past: a question whose whole state is the page's address, and its answer. */
export const WhoUses = () => {
  const [parameters, setParameters] = useSearchParams();
  const asked = fromParameters(parameters);
  return (
    <Flex direction="column" gap="5">
      <UsesForm asked={asked} onAsk={next => setParameters(toParameters(next))} />
      {asked.package ? (
        <Uses key={toParameters(asked).toString()} asked={asked} />
      ) : (
        <Flex direction="column" gap="2">
          <Text weight="bold">Ask by name, version or package URL</Text>
          <Text>
            <code>lodash</code>, <code>lodash@4.17.20</code>, <code>lodash@&gt;=4, &lt;4.17.21</code>, <code>@ctrl/tinycolor@4.1.1</code> or{' '}
            <code>pkg:npm/lodash@4.17.20</code>. Without a day the answer is of now.
          </Text>
          <Coverage />
        </Flex>
      )}
    </Flex>
  );
};
