import { Flex, Link, Text } from '@backstage/ui';
import { Fragment } from 'react';
import type { FindingPage } from '../api/types';
import { safeLink } from '../parts/links';
import { shortRef } from '../parts/words';
import styles from './Changes.module.css';

type Guidance = FindingPage['guidance'];

/** What to change, where it can be worked out, and where the owners write down what to do. */
export const Changes = ({ guidance }: { guidance: Guidance }) => (
  <>
    {guidance.changes.map(each => (
      <Flex key={`${each.where} ${each.folder}`} direction="column" gap="1">
        <Text weight="bold">{each.where}</Text>
        <Text>
          {each.say}
          {each.commands.length > 0 && each.folder && ` In ${each.folder}:`}
        </Text>
        {each.commands.length > 0 && <pre className={styles.lines}>{each.commands.join('\n')}</pre>}
        {each.otherwise && (
          <Text color="secondary">
            <Ticked text={each.otherwise} />
          </Text>
        )}
        {each.patch && (
          <>
            <Text color="secondary">In {each.file}:</Text>
            <pre className={styles.lines}>{each.patch}</pre>
          </>
        )}
      </Flex>
    ))}
    {guidance.runbooks.map(each => {
      const safe = safeLink(each.url);
      return (
        safe && (
          <Link key={each.url} href={safe} target="_blank" rel="noopener noreferrer">
            Runbook of {shortRef(each.of)}
          </Link>
        )
      );
    })}
  </>
);

/** Text in which commands stand between backticks, as the service writes it. */
const Ticked = ({ text }: { text: string }) => (
  <>
    {text.split('`').map((part, at) => (
      // Parts have no other name than where they stand.
      // eslint-disable-next-line react/no-array-index-key
      <Fragment key={at}>{at % 2 === 1 ? <code>{part}</code> : part}</Fragment>
    ))}
  </>
);
