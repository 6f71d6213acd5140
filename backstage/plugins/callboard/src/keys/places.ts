import { parseEntityRef } from '@backstage/catalog-model';
import { useRouteRef } from '@backstage/core-plugin-api';
import { entityRouteRef } from '@backstage/plugin-catalog-react';
import { useNavigate } from 'react-router-dom';
import { rootRouteRef, useOptionalRoute } from '../routes';
import type { Row } from './rows';

/** Whose the list is that the keys move in. */
export interface About {
  component?: string;
  team?: string;
}

/** Where `g` and a letter lead; the words tell why they lead nowhere. */
export function usePlaces(about: About = {}): Record<string, (row?: Row) => string | undefined> {
  const navigate = useNavigate();
  const page = useOptionalRoute(rootRouteRef);
  const entity = useEntityPage();
  const go = (path: string | undefined, else_: string) => {
    if (path === undefined) {
      return else_;
    }
    navigate(path);
    return undefined;
  };
  const toEntity = (ref: string | undefined) => (ref === undefined ? undefined : entity?.(ref));
  return {
    i: () => go(page, 'This portal has no page Callboard.'),
    t: row => go(toEntity(row?.owners[0] ?? about.team), 'No team is named here.'),
    c: row => go(toEntity(row?.components[0] ?? about.component), 'No component is named here.'),
  };
}

function useEntityPage(): ((ref: string) => string) | undefined {
  try {
    // A portal without a catalog throws, always the same in one place of the page: the order of hooks holds.
    // eslint-disable-next-line react-hooks/rules-of-hooks
    const to = useRouteRef(entityRouteRef);
    return ref => to(parseEntityRef(ref));
  } catch {
    return undefined;
  }
}
