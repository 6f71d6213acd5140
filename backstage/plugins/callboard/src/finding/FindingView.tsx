import { useApi } from '@backstage/core-plugin-api';
import { Flex, Link, Text } from '@backstage/ui';
import { lazy, type ReactNode, Suspense } from 'react';
import { callboardApiRef } from '../api/CallboardApi';
import type { FindingPage } from '../api/types';
import { Choices } from '../decide/Choices';
import { groundOfPage } from '../decide/target';
import { DeepLink } from '../parts/DeepLink';
import { safeLink } from '../parts/links';
import { sourceTitle } from '../parts/sources';
import { Cautions } from '../parts/Freshness';
import { count } from '../parts/words';
import { FindingTicket, useTickets } from '../ticket/FindingTicket';
import { ToUses } from '../uses/ToUses';
import { Changes } from './Changes';
import { Facts } from './Facts';
import { History } from './History';
import { Whose } from './Whose';
import { Written } from './Written';

const SafeMarkdown = lazy(() => import('../parts/SafeMarkdown'));

/** One finding in full: what to do, what and where it is, whose, and what happened to it. */
export const FindingView = ({ page, again }: { page: FindingPage; again: () => void }) => {
  const api = useApi(callboardApiRef);
  const { finding, detail, rule, source } = page;
  const title = sourceTitle(source);
  const tickets = useTickets(page);
  const guidance = detail.remediation ?? rule.remediation;
  const description = detail.description ?? rule.description;
  const advisory = safeLink(detail.advisory_url);
  return (
    <Flex direction="column" gap="5">
      <Cautions sources={[source]} />
      <Flex gap="3" align="center">
        <DeepLink
          link={page.link}
          problem={page.link_problem}
          source={title}
          about={finding.title}
          onFollow={() => api.followed(finding.id)}
        />
        <ToUses page={page} />
      </Flex>
      <Part title="Decide">
        <Choices target={{ kind: 'finding', id: finding.id, title: finding.title }} ground={groundOfPage(page)} onLook={again} />
      </Part>
      {tickets.isShown && (
        <Part title="Ticket">
          <FindingTicket page={page} mayFile={tickets.mayFile} />
        </Part>
      )}
      <Part title="Fix">
        {finding.fix && <Text weight="bold">{finding.fix}</Text>}
        {guidance ? <Markdown text={guidance} /> : !finding.fix && <Text>{title} gives no guidance for this one.</Text>}
        <Changes guidance={page.guidance} />
        {advisory && (
          <Link href={advisory} target="_blank" rel="noopener noreferrer">
            Advisory
          </Link>
        )}
        {page.same_rule > 1 && (
          <Text variant="body-small" color="secondary">
            {count(page.same_rule, 'open finding')} of this rule.
          </Text>
        )}
      </Part>
      {description && (
        <Part title="What it is">
          <Markdown text={description} />
        </Part>
      )}
      {page.withheld.length > 0 && (
        <Text color="secondary">Not told to you: {page.withheld.join(', ')}.</Text>
      )}
      {page.writes.length > 0 && (
        <Part title={`Written to ${title}`}>
          <Written writes={page.writes} source={title} />
        </Part>
      )}
      <Part title="Facts">
        <Facts page={page} />
      </Part>
      <Part title="Whose is it?">
        <Whose page={page} />
      </Part>
      <Part title="History">
        <History events={page.history} source={title} />
      </Part>
    </Flex>
  );
};

const Part = ({ title, children }: { title: string; children: ReactNode }) => (
  <Flex direction="column" gap="2">
    <Text as="h3" variant="body-medium" weight="bold">
      {title}
    </Text>
    {children}
  </Flex>
);

const Markdown = ({ text }: { text: string }) => (
  <Suspense fallback={<Text>{text}</Text>}>
    <SafeMarkdown text={text} />
  </Suspense>
);
