import { useApi } from '@backstage/core-plugin-api';
import { Text } from '@backstage/ui';
import { callboardApiRef } from '../api/CallboardApi';
import type { Finding } from '../api/types';
import { useDeciding } from '../decide/useDeciding';
import { isLeaving, meanwhile, pending } from '../decide/saying';
import { standing } from '../decide/words';
import { BundleActs } from '../keys/BundleActs';
import { rowOfBundle, rowOfFinding, useRows, useSelection } from '../keys/rows';
import { Failure } from '../parts/Failure';
import { Loading } from '../parts/Loading';
import { More } from '../parts/More';
import { count, plain } from '../parts/words';
import { useSeen } from '../seen/useSeen';
import { BundleList } from '../work/BundleList';
import { FindingRows } from './FindingRows';
import { FindingTable, tableWidth } from './FindingTable';
import { Nothing } from './Nothing';
import type { GroundAnswer } from './useGround';
import { usePages } from './usePages';
import { useWidth } from './useWidth';

/** What every list of ours needs: its question, the usual one, and how to make a link of another. */
interface Asked {
  query: string;
  usual: string;
  ground: GroundAnswer;
  hrefOf: (query: string) => string;
}

/** Findings put together by what closes them. */
export const WorkList = (asked: Asked) => {
  const api = useApi(callboardApiRef);
  const deciding = useDeciding();
  const { error, again, page, rows, isCurrent, more, isMore } = usePages(
    part => api.bundles(asked.query, part),
    found => found.bundles,
    { limit: 20, revision: deciding?.revision },
  );
  const shown = rows.filter(each => !isLeaving(pending(deciding?.saidOf(each.query), isCurrent), asked.query));
  const selection = useSelection();
  useRows(shown.map(rowOfBundle));
  if (error) {
    return <Failure error={error} again={again} />;
  }
  if (!page) {
    return <Loading rows={6} height={44} />;
  }
  if (rows.length === 0) {
    return <Nothing {...asked} />;
  }
  return (
    <>
      <Text variant="body-small" color="secondary" role="status">
        {count(page.total, 'piece of work', 'pieces of work')}
      </Text>
      <BundleList bundles={shown} hrefOf={asked.hrefOf} actsOf={each => <BundleActs bundle={each} selection={selection} />} withOwner />
      <More more={more} isMore={isMore} />
    </>
  );
};

/** Findings one by one. */
export const FindingList = ({
  onOpen,
  hrefOfFinding,
  ...asked
}: Asked & { onOpen: (id: number) => void; hrefOfFinding: (id: number) => string }) => {
  const api = useApi(callboardApiRef);
  const [frame, width] = useWidth<HTMLDivElement>();
  const deciding = useDeciding();
  const { error, again, page, rows, isCurrent, more, isMore } = usePages(
    part => api.findings(asked.query, part),
    found => found.findings,
    { limit: 50, revision: deciding?.revision },
  );
  const pendingOf = ({ id }: Finding) => pending(deciding?.saidOf(String(id)), isCurrent);
  const shown = rows.filter(each => !isLeaving(pendingOf(each), asked.query));
  const standingOf = (row: Finding) => {
    const now = pendingOf(row);
    return now ? [plain(row.state), meanwhile(now)] : standing(row);
  };
  const selection = useSelection();
  useRows(shown.map(each => rowOfFinding(each, page)));
  const list = useSeen<HTMLDivElement>(new Map(shown.map(each => [String(each.id), each.id])));
  // The frame stands there from the first moment, so that its width is known before the rows come.
  return (
    <div ref={list}>
      <div ref={frame}>{told()}</div>
    </div>
  );

  function told() {
    if (error) {
      return <Failure error={error} again={again} />;
    }
    if (!page) {
      return <Loading rows={8} height={36} />;
    }
    if (rows.length === 0) {
      return <Nothing {...asked} />;
    }
    const withComponent = !/(^|\s)component:[^\s,]+(\s|$)/.test(asked.query);
    return (
      <>
        <Text variant="body-small" color="secondary" role="status">
          {`${count(page.total, 'finding')}${page.is_more ? ' or more' : ''}`}
        </Text>
        {width !== undefined && width < tableWidth(withComponent, selection !== undefined) ? (
          <FindingRows rows={shown} hrefOf={hrefOfFinding} withComponent={withComponent} standingOf={standingOf} selection={selection} />
        ) : (
          <FindingTable rows={shown} onOpen={onOpen} withComponent={withComponent} standingOf={standingOf} selection={selection} />
        )}
        <More more={more} isMore={isMore} />
      </>
    );
  }
};
