import { Alert, Flex, Link, Text, ToggleButton, ToggleButtonGroup } from '@backstage/ui';
import { lazy, type ReactNode, Suspense } from 'react';
import { holds, rollsUp } from '../api/scope';
import { isKnown, standingOf } from '../card/standing';
import { DecidingPlace } from '../decide/DecidingPlace';
import { Cautions, Freshness } from '../parts/Freshness';
import readable from '../parts/Readable.module.css';
import { Keyed } from '../keys/Keyed';
import { InWords } from './InWords';
import { FindingList, WorkList } from './Lists';
import { Narrowing } from './Narrowing';
import { QueryBox } from './QueryBox';
import { type Ground, useGround } from './useGround';
import { useList } from './useList';

const FindingDrawer = lazy(() => import('../finding/FindingDrawer'));

/** What a list is about: an entity, its term in the query language, and its name. */
interface About {
  entityRef: string;
  term: string;
  name: string;
  /** Who owns it. */
  team?: string;
}

/** Work and findings behind one question, whose whole state is the page's address. */
export const FindingsPanel = ({ usual, about }: { usual: string; about?: About }) => {
  const { query, view, finding, set, hrefOf, hrefOfFinding } = useList(usual);
  const ground = useGround(about?.entityRef);
  const open = (id: number) => set({ finding: id });
  return (
    <Listed entityRef={about?.entityRef} team={about?.team}>
      <Flex direction="column" gap="4" className={readable.readable}>
        {ground.state === 'answered' && <Cautions sources={ground.value.sources} />}
        <Flex direction="column" gap="2">
          <QueryBox query={query} usual={usual} onAsk={asked => set({ query: asked, finding: undefined })} />
          <InWords query={query} />
        </Flex>
        {about && !holds(query, about.term) && (
          <Alert
            role="note"
            status="info"
            icon
            title={`This list is not about ${about.name} alone.`}
            description={
              <Text>
                The question lacks <code>{about.term}</code>. <Link href={hrefOf(`${about.term} ${query}`)}>Add it</Link>
              </Text>
            }
          />
        )}
        <Narrowing query={query} hrefOf={hrefOf} />
        <ToggleButtonGroup
          aria-label="How to show it"
          selectionMode="single"
          disallowEmptySelection
          selectedKeys={[view]}
          onSelectionChange={keys => set({ view: keys.has('findings') ? 'findings' : 'work' })}
        >
          <ToggleButton id="work">By fix</ToggleButton>
          <ToggleButton id="findings">One by one</ToggleButton>
        </ToggleButtonGroup>
        {view === 'work' ? (
          <WorkList key={query} query={query} usual={usual} ground={ground} hrefOf={hrefOf} />
        ) : (
          <FindingList
            key={query}
            query={query}
            usual={usual}
            ground={ground}
            hrefOf={hrefOf}
            hrefOfFinding={hrefOfFinding}
            onOpen={open}
          />
        )}
        {ground.state === 'answered' && isFresh(ground.value) && (
          <Freshness sources={ground.value.sources} checkedAt={ground.value.component?.component.checked_at} />
        )}
        {finding !== undefined && (
          <Suspense fallback={null}>
            <FindingDrawer id={finding} onClose={() => set({ finding: undefined })} />
          </Suspense>
        )}
      </Flex>
    </Listed>
  );
};

/** A list in which things are said about findings, by keys too. */
const Listed = ({ entityRef, team, children }: { entityRef?: string; team?: string; children: ReactNode }) => {
  const isHome = entityRef !== undefined && !rollsUp(entityRef);
  return (
    <DecidingPlace>
      <Keyed about={{ component: isHome ? entityRef : undefined, team: entityRef?.startsWith('group:') ? entityRef : team }}>{children}</Keyed>
    </DecidingPlace>
  );
};

/** Whether numbers stand here that can be fresh: of what is not mapped nothing was checked. */
function isFresh({ component }: Ground): boolean {
  return component === undefined || isKnown(standingOf(component));
}
