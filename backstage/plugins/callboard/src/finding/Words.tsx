import { useApi } from '@backstage/core-plugin-api';
import { Text } from '@backstage/ui';
import { callboardApiRef } from '../api/CallboardApi';
import { useAnswer } from '../api/useAnswer';
import { failureWords } from '../parts/words';
import { SayWhose } from './SayWhose';

/** What the reader may say about whose a thing is; or why nothing is offered. */
export const Words = ({
  components,
  resource,
  source,
}: {
  components: readonly string[];
  resource: string;
  source: string;
}) => {
  const api = useApi(callboardApiRef);
  return api.passesChanges() ? (
    <Offered components={components} resource={resource} source={source} />
  ) : (
    <Aside>This portal only shows: whose it is can be said in Callboard itself.</Aside>
  );
};

const Offered = ({ components, resource, source }: Parameters<typeof Words>[0]) => {
  const api = useApi(callboardApiRef);
  const answer = useAnswer(`${source} ${resource}`, () => api.whose(resource, source));
  switch (answer.state) {
    case 'loading':
      return null;
    case 'failed':
      return <Aside>What you may say about that is not known. {failureWords(answer.error)}</Aside>;
    default: {
      const { may_confirm, may_deny } = answer.value;
      const offered = components.filter(each => may_confirm.includes(each) || may_deny.includes(each));
      return offered.length ? (
        offered.map(each => (
          <SayWhose
            key={each}
            component={each}
            resource={resource}
            source={source}
            mayConfirm={may_confirm.includes(each)}
            mayDeny={may_deny.includes(each)}
          />
        ))
      ) : (
        <Aside>Its team and security can say whose it is; you may look.</Aside>
      );
    }
  }
};

const Aside = ({ children }: { children: React.ReactNode }) => (
  <Text as="p" variant="body-small" color="secondary" style={{ margin: 0 }}>
    {children}
  </Text>
);
